import ArgumentParser

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Checks policy files: who handles what, at what price, and what happens where nobody is sure.",
        discussion: """
            A policy is a file in YAML that says for each label of the model who handles it, when the model decides, who \
            takes over where it does not, and which rules come before it.

            EXAMPLES
              triage policy check triage.yaml
              triage policy check triage.yaml --no-model --json
              triage policy explain triage.yaml "I lost my card, please block it"
              triage policy schema > triage.schema.json

            A SHORT POLICY for the model that comes with the program:
              version: 1
              currency: USD
              baseline: large-model    # would handle everything without a router
              handlers:
                faq:         { route: script, price: 0.0001, latency_ms: 20 }
                large-model: { route: remote, price: 0.012, latency_ms: 1800 }
                support:     { route: human, price: 4.50, latency_ms: 600000 }
              labels:
                script: { to: faq, threshold: 0.9 }
                remote: large-model
                human: support
              fallback:                # a capable model or a person, never a script
                # the first whose route is that of one of the two labels, else
                # the last
                ambiguous: [support, large-model]
                out_of_scope: large-model
                unavailable: large-model
                too_long: large-model
              rules:                   # before the model, in order
                - { name: password, exact: [reset my password], to: faq }
                - { name: card, pattern: '\\b[0-9]{13,16}\\b', to: support }
                - name: phone
                  metadata: { channel: phone }
                  tokens: { at_least: 3 }
                  to: support
              tenants:                 # what differs for some
                acme:
                  labels: { script: { threshold: 0.99 } }

            The schema describes every key. For editors that know YAML by schema, begin the file with
              # yaml-language-server: $schema=triage.schema.json
            """,
        subcommands: [PolicyCheckCommand.self, PolicyExplainCommand.self, PolicySchemaCommand.self]
    )
}
