import TriageModel
import TriageRouter

let router = try Router(model: TriageModel(directory: "models/triage-en"))
let decision = router.decide("I lost my card, please block it")
print(decision.route, decision.confidence, decision.reason)
