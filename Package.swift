// swift-tools-version: 6.3
import PackageDescription

/// Fuzz targets need libFuzzer's instrumentation in everything they cover, so they exist only where this is asked for.
let isFuzzing = Context.environment["TRIAGE_FUZZ"] != nil
let fuzzingSettings: [SwiftSetting] =
    isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])] : []

let swiftSettings: [SwiftSetting] =
    fuzzingSettings + [
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]

/// SwiftPM compiles C at -O0 in debug builds; kernels tested that way would take minutes.
let kernelSettings: [CSetting] = [
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-O3", "-Wall", "-Wextra", "-fno-math-errno"]),
]

func module(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    path: String? = nil,
    exclude: [String] = []
) -> Target {
    .target(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, exclude: exclude, swiftSettings: swiftSettings)
}

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        path: "Tests/Fuzz/\(name)",
        swiftSettings: swiftSettings,
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
    )
}

let package = Package(
    name: "triage",
    products: [
        .executable(name: "triage", targets: ["triage"]),
        .library(name: "TriageModel", targets: ["TriageModel"]),
        .library(name: "TriageRouter", targets: ["TriageRouter"]),
        // Sources/CTriage/build.sh makes libtriage.so of it; `triage` is taken by the program.
        .library(name: "CTriage", type: .dynamic, targets: ["CTriage"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    ],
    targets: [
        .target(name: "CKernels", path: "CKernels", cSettings: kernelSettings),
        .target(name: "COpenBLAS", cSettings: [.treatAllWarnings(as: .error)]),
        .target(name: "CArguments", cSettings: [.treatAllWarnings(as: .error)]),
        .target(name: "CVulkan", cSettings: [.treatAllWarnings(as: .error)]),
        .target(
            name: "CShaders",
            path: "Shaders",
            exclude: ["source", "spirv", "compile.sh"],
            cSettings: [.treatAllWarnings(as: .error)]
        ),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        .systemLibrary(name: "CParallelism"),
        module("Parallelism", ["CParallelism"]),
        module("StrictJSON"),
        module("StrictYAML", ["Yams"]),
        module("Tensors"),
        module("Tokenization", ["StrictJSON"]),
        module(
            "ModelFormat",
            ["Parallelism", "Tensors", "StrictJSON", "CZstd", .product(name: "Crypto", package: "swift-crypto")]
        ),
        module("Encoder", ["Tensors"]),
        module("VulkanBackend", ["Encoder", "Tensors", "Parallelism", "CVulkan", "CShaders"]),
        module("CPUBackend", ["Encoder", "Tensors", "Parallelism", "CKernels", "COpenBLAS"]),
        module(
            "TriageModel",
            [
                "Encoder", "Tokenization", "ModelFormat", "CPUBackend", "VulkanBackend", "Parallelism", "StrictJSON",
                "Tensors",
            ]
        ),
        module(
            "TriageRouter",
            [
                "TriageModel", "ModelFormat", "Parallelism", "StrictJSON", "StrictYAML",
                .product(name: "DequeModule", package: "swift-collections"),
            ]
        ),
        module(
            "TriageTraining",
            [
                "TriageRouter", "TriageModel", "CPUBackend", "Encoder", "ModelFormat", "Parallelism", "StrictJSON",
                "StrictYAML", "Tensors", "CommandSupport",
            ]
        ),
        .systemLibrary(name: "CTriageHeader", path: "Sources/CTriage/include"),
        module(
            "CTriage",
            ["CTriageHeader", "TriageRouter", "TriageModel", "Parallelism"],
            exclude: ["include", "build.sh"]
        ),
        module(
            "TriageServer",
            [
                "TriageRouter", "TriageModel", "ModelFormat", "StrictJSON", "StrictYAML",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        module("CommandSupport", ["Parallelism", "StrictJSON", "CArguments"]),
        module(
            "Benchmarks",
            [
                "TriageRouter", "TriageModel", "CPUBackend", "VulkanBackend", "Encoder", "ModelFormat",
                "CommandSupport",
                "Parallelism", "StrictJSON", .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .executableTarget(
            name: "triage",
            dependencies: [
                "Benchmarks", "CommandSupport", "TriageServer", "TriageTraining", "TriageRouter", "TriageModel",
                "CPUBackend",
                "ModelFormat", "Tokenization", "Encoder", "Tensors", "Parallelism",
                "StrictJSON", "VulkanBackend", .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings
        ),

        tests("Parallelism", ["Parallelism", "CParallelism"]),
        tests("StrictJSON", ["StrictJSON"]),
        tests("Tokenization", ["Tokenization", "StrictJSON"], exclude: ["Fixtures", "Generators"]),
        tests("ModelFormat", ["ModelFormat", "Parallelism", "Tensors", "StrictJSON"]),
        // What the tests of both backends share: the kernels as functions of arrays, small networks.
        module(
            "EncoderTestSupport",
            ["CPUBackend", "Encoder", "Tensors", "CKernels"],
            path: "Tests/EncoderTestSupport"
        ),
        tests("CPUBackend", ["EncoderTestSupport", "CPUBackend", "Encoder", "Tensors", "CKernels"]),
        tests(
            "VulkanBackend",
            [
                "EncoderTestSupport", "VulkanBackend", "CPUBackend", "Encoder", "Tensors", "CKernels", "CVulkan",
                "TriageModel", "ModelFormat",
            ]
        ),
        tests(
            "TriageModel",
            ["TriageModel", "CPUBackend", "Encoder", "ModelFormat", "Parallelism", "Tensors", "StrictJSON"],
            exclude: ["Fixtures", "Generators"]
        ),
        tests(
            "TriageTraining",
            [
                "TriageTraining", "TriageRouter", "TriageModel", "CPUBackend", "ModelFormat", "CommandSupport",
                "Parallelism", "StrictJSON", "StrictYAML",
            ]
        ),
        tests("StrictYAML", ["StrictYAML"]),
        tests("TriageRouter", ["TriageRouter", "TriageModel", "CommandSupport", "StrictJSON"], exclude: ["Fixtures"]),
        tests("CTriage", ["CTriage", "CTriageHeader", "TriageRouter", "TriageModel"]),
        .target(
            name: "CAllocations",
            path: "Tests/Allocations/CAllocations",
            cSettings: [.treatAllWarnings(as: .error)]
        ),
        .executableTarget(
            name: "count-allocations",
            dependencies: ["TriageRouter", "TriageModel", "CAllocations"],
            path: "Tests/Allocations/CountAllocations",
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "measure-overhead",
            dependencies: ["CTriage", "CTriageHeader", "TriageRouter", "TriageModel"],
            path: "Tests/Hosts/overhead",
            swiftSettings: swiftSettings
        ),
        // The README's example.
        .executableTarget(
            name: "readme-example",
            dependencies: ["TriageRouter", "TriageModel"],
            path: "Tests/Readme",
            swiftSettings: swiftSettings
        ),
        tests("TriageServer", ["TriageServer", "StrictJSON"]),
        tests("CommandLine", ["CommandSupport", "Parallelism", "StrictJSON"]),
        tests(
            "Benchmarks",
            [
                "Benchmarks", "TriageRouter", "CPUBackend", "VulkanBackend", "Encoder", "TriageModel", "CommandSupport",
                "StrictJSON",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)

if isFuzzing {
    package.targets += [
        .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        fuzzer("WeightFileFuzz", ["ModelFormat", "Tensors", "CFuzzer"]),
        fuzzer("JSONFuzz", ["StrictJSON", "Encoder", "Tokenization", "TriageModel", "CFuzzer"]),
        fuzzer("PatternFuzz", ["TriageRouter", "CFuzzer"]),
    ]
}
