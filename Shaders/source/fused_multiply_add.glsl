// a * b + c rounded once. Vulkan allows fma() to round twice; where a device does, this is done with integers.
layout(constant_id = 0) const bool EXACT_FMA_EMULATION = false;

// Any finite operands, subnormals included; rounds to nearest, ties to even.
float emulated_fma(float a, float b, float c) {
    uint x = floatBitsToUint(a), y = floatBitsToUint(b), z = floatBitsToUint(c);
    int x_exponent = int(x >> 23 & 255u), y_exponent = int(y >> 23 & 255u), z_exponent = int(z >> 23 & 255u);
    if (max(x_exponent, y_exponent) == 255) {
        precise float result = a * b + c;
        return result;
    }
    uint x_digits = x & 0x7FFFFFu | uint(x_exponent > 0) << 23, y_digits = y & 0x7FFFFFu | uint(y_exponent > 0) << 23,
         z_digits = z & 0x7FFFFFu | uint(z_exponent > 0) << 23;
    uint product_sign = (x ^ y) & 0x80000000u, sign = z & 0x80000000u;
    if (z_exponent == 255) return c;
    if (x_digits == 0u || y_digits == 0u) {
        return z_digits == 0u ? uintBitsToFloat(sign & product_sign) : c;
    }
    x_exponent = max(x_exponent, 1), y_exponent = max(y_exponent, 1), z_exponent = max(z_exponent, 1);

    // Both as 64-bit integers below 2^63: the product times 2^(x + y - 315), the addend times 2^(z - 189).
    uint high, low, small_high = z_digits << 7, small_low = 0u;
    umulExtended(x_digits << 8, y_digits << 7, high, low);
    int exponent = x_exponent + y_exponent - 315;
    int shift = x_exponent + y_exponent - z_exponent - 126;
    if (shift < 0) {
        small_high = high, small_low = low;
        high = z_digits << 7, low = 0u;
        exponent = z_exponent - 189, shift = -shift;
    }
    // The one of the smaller unit is brought to the other's; bits lost leave a 1 at the very end, far below the
    // digit that rounding looks at (where bits are lost, the other is the greater by 2^14 at least).
    uint lost = 0u;
    if (shift >= 64) lost = small_high | small_low, small_high = 0u, small_low = 0u, shift = 0;
    if (shift >= 32) lost = small_low, small_low = small_high, small_high = 0u, shift -= 32;
    if (shift > 0) {
        lost |= small_low << (32 - shift);
        small_low = small_low >> shift | small_high << (32 - shift);
        small_high >>= shift;
    }
    small_low |= uint(lost != 0u);

    if (product_sign == sign) {
        uint carry;
        low = uaddCarry(low, small_low, carry);
        high = high + small_high + carry;
    } else {
        // `sign` becomes that of high:low, the first operand of the subtraction.
        bool is_product_first = exponent == x_exponent + y_exponent - 315;
        sign = is_product_first ? product_sign : sign;
        if (high < small_high || high == small_high && low < small_low) {
            uint swap = high;
            high = small_high, small_high = swap;
            swap = low;
            low = small_low, small_low = swap;
            sign ^= 0x80000000u;
        }
        uint borrow;
        low = usubBorrow(low, small_low, borrow);
        high = high - small_high - borrow;
        if ((high | low) == 0u) return 0.0;
    }
    if (high == 0u) high = low, low = 0u, exponent -= 32;
    int empty = 31 - findMSB(high);
    if (empty > 0) {
        high = high << empty | low >> (32 - empty);
        low <<= empty;
    }
    exponent += 190 - empty;  // biased, of the leading bit, which is now the highest
    if (exponent <= 0) {      // subnormal: fewer digits
        int excess = min(1 - exponent, 31);
        low |= high << (32 - excess);
        high >>= excess;
        exponent = 1;
    }
    uint digits = high >> 8, rest = (high & 255u) << 1 | uint(low != 0u);
    digits += uint(rest > 256u || rest == 256u && (digits & 1u) != 0u);
    // The leading digit adds 1 to the exponent.
    return uintBitsToFloat(sign | min((uint(exponent - 1) << 23) + digits, 0x7F800000u));
}

float fused(float a, float b, float c) {
    precise float result;
    if (EXACT_FMA_EMULATION) {
        result = emulated_fma(a, b, c);
    } else {
        result = fma(a, b, c);
    }
    return result;
}
