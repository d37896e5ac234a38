internal import CTriageHeader
internal import TriageModel
internal import TriageRouter

/// The router behind a handle that `triage_open` gave.
func handle(_ pointer: OpaquePointer?) throws(Failure) -> Unmanaged<Handle> {
    guard let pointer = unsafe pointer else { throw .argument("router is NULL") }
    return unsafe Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer))
}

/// What the caller's pointer points to.
func required<Pointer>(_ pointer: Pointer?, _ name: StaticString) throws(Failure) -> Pointer {
    guard let pointer else { throw .argument("\(name) is NULL") }
    return pointer
}

func files(_ pointer: UnsafePointer<triage_options>) throws(Failure) -> RouterFiles {
    let size = unsafe try checkedSize(of: pointer, "options", first: FirstSize.options)
    let options = unsafe copy(of: pointer, size: size, over: triage_options())
    guard let model = try unsafe string(options.model, "options->model") else {
        throw .argument("options->model is NULL")
    }
    let precision: Precision
    switch unsafe Int(options.precision) {
    case TRIAGE_PRECISION_AUTOMATIC: precision = .automatic
    case TRIAGE_PRECISION_FLOAT32: precision = .float32
    case TRIAGE_PRECISION_INT8: precision = .int8
    default: throw .argument("options->precision is \(unsafe options.precision), no TRIAGE_PRECISION_…")
    }
    guard unsafe 0...1 ~= options.skips_first_stage else {
        throw .argument("options->skips_first_stage is \(unsafe options.skips_first_stage), not 0 or 1")
    }
    let backend: Backend
    switch unsafe Int(options.backend) {
    case TRIAGE_BACKEND_CPU: backend = .cpu
    case TRIAGE_BACKEND_AUTO: backend = .auto
    case TRIAGE_BACKEND_VULKAN: backend = .vulkan
    default: throw .argument("options->backend is \(unsafe options.backend), no TRIAGE_BACKEND_…")
    }
    let device = try unsafe string(options.device, "options->device")
    guard device == nil || backend != .cpu else {
        throw .argument("options->device names a GPU, and options->backend is TRIAGE_BACKEND_CPU")
    }
    return RouterFiles(
        model: model,
        policy: try unsafe string(options.policy, "options->policy"),
        precision: precision,
        usesFirstStage: unsafe options.skips_first_stage == 0,
        backend: backend,
        device: device
    )
}

func context(_ pointer: UnsafePointer<triage_context>?) throws(Failure) -> RequestContext {
    guard let pointer = unsafe pointer else { return RequestContext() }
    _ = unsafe try checkedSize(of: pointer, "context")
    let context = unsafe pointer.pointee
    var result = RequestContext(tenant: try unsafe string(context.tenant, "context->tenant"))
    let count = unsafe context.metadata_count
    guard 0...Int(TRIAGE_METADATA_MAXIMUM) ~= count else {
        throw .argument("context->metadata_count is \(UInt(bitPattern: count)), more than \(TRIAGE_METADATA_MAXIMUM)")
    }
    if count > 0 {
        let pairs = try unsafe required(context.metadata, "context->metadata")
        for index in 0..<count {
            guard let key = try unsafe string(pairs[index].key, "context->metadata[\(index)].key"),
                let value = try unsafe string(pairs[index].value, "context->metadata[\(index)].value")
            else { throw .argument("context->metadata[\(index)] has a NULL") }
            guard result.metadata.updateValue(value, forKey: key) == nil else {
                throw .argument("context->metadata[\(index)] repeats the key `\(key)`")
            }
        }
    }
    if unsafe context.deadline_ms > 0 {
        result.deadline = unsafe .now + .milliseconds(Int64(context.deadline_ms))
    }
    return result
}

/// A bounded string that ends with NUL; nil for NULL.
private func string(
    _ pointer: UnsafePointer<CChar>?,
    _ name: @autoclosure () -> String
) throws(Failure) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    var count = 0
    while unsafe pointer[count] != 0 {
        count += 1
        guard count <= TRIAGE_NAME_MAXIMUM else {
            throw .argument("\(name()) is longer than \(TRIAGE_NAME_MAXIMUM) bytes")
        }
    }
    guard let string = unsafe decoded(pointer, count) else { throw .argument("\(name()) is not UTF-8") }
    return string
}

/// The text of a query. `name` is what the caller calls it.
func text(_ pointer: UnsafePointer<CChar>?, _ length: Int, _ name: @autoclosure () -> String) throws(Failure) -> String
{
    guard 0...Int(TRIAGE_TEXT_MAXIMUM) ~= length else {
        throw .argument("\(name()) has \(UInt(bitPattern: length)) bytes, more than \(TRIAGE_TEXT_MAXIMUM)")
    }
    guard length > 0 else { return "" }
    guard let pointer = unsafe pointer else { throw .argument("\(name()) is NULL") }
    guard let text = unsafe decoded(pointer, length) else { throw .text("\(name()) is not UTF-8") }
    return text
}

/// Nil where the bytes are not UTF-8.
private func decoded(_ pointer: UnsafePointer<CChar>, _ count: Int) -> String? {
    unsafe String(
        validating: UnsafeRawBufferPointer(start: pointer, count: count).bindMemory(to: UInt8.self),
        as: UTF8.self
    )
}
