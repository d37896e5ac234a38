import ArgumentParser

@main
struct Triage: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Decides who handles a query.")
}
