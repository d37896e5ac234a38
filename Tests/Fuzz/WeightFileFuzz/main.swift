runWeightFileFuzz()
