// The functions of triage.h, which documents them.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CTriageHeader
internal import Parallelism
internal import TriageRouter

@c @implementation
public func triage_version() -> UInt32 { UInt32(TRIAGE_VERSION_MAJOR) << 16 | UInt32(TRIAGE_VERSION_MINOR) }

@c @implementation
public func triage_version_string() -> UnsafePointer<CChar>? { unsafe constant("1.1") }

@c @implementation
public func triage_status_text(_ status: Int32) -> UnsafePointer<CChar>? {
    switch Int(status) {
    case TRIAGE_OK: unsafe constant("ok")
    case TRIAGE_INVALID_ARGUMENT: unsafe constant("invalid argument")
    case TRIAGE_INVALID_TEXT: unsafe constant("invalid text")
    case TRIAGE_MODEL_ERROR: unsafe constant("the model cannot be used")
    case TRIAGE_POLICY_ERROR: unsafe constant("the policy cannot be used")
    case TRIAGE_SYSTEM_ERROR: unsafe constant("the system lacks a resource")
    default: unsafe constant("unknown status")
    }
}

@c @implementation
public func triage_open(
    _ options: UnsafePointer<triage_options>?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<triage_error>?
) -> Int32 {
    unsafe status(error) { () throws(Failure) in
        let out = try unsafe required(out, "out")
        unsafe out.pointee = nil
        let files = try unsafe files(required(options, "options"))
        do throws(RouterError) {
            let handle = try Handle(files)
            unsafe out.pointee = OpaquePointer(Unmanaged.passRetained(handle).toOpaque())
        } catch {
            throw Failure(error)
        }
    }
}

@c @implementation
public func triage_decide(
    _ router: OpaquePointer?,
    _ text: UnsafePointer<CChar>?,
    _ length: Int,
    _ context: UnsafePointer<triage_context>?,
    _ out: UnsafeMutablePointer<triage_decision>?,
    _ error: UnsafeMutablePointer<triage_error>?
) -> Int32 {
    unsafe status(error) { () throws(Failure) in
        let handle = try unsafe handle(router)
        let out = try unsafe required(out, "out")
        let size = try unsafe checkedSize(of: out, "out")
        let context = try unsafe CTriage.context(context)
        let text = try unsafe CTriage.text(text, length, "text")
        unsafe handle.takeUnretainedValue().decide(text, context) {
            unsafe write(triage_decision($0), to: out, size: size)
        }
    }
}

@c @implementation
public func triage_decide_many(
    _ router: OpaquePointer?,
    _ texts: UnsafePointer<triage_text>?,
    _ count: Int,
    _ context: UnsafePointer<triage_context>?,
    _ out: UnsafeMutablePointer<triage_decision>?,
    _ threads: UInt32,
    _ error: UnsafeMutablePointer<triage_error>?
) -> Int32 {
    unsafe status(error) { () throws(Failure) in
        let handle = try unsafe handle(router)
        guard 0...Int(TRIAGE_TEXTS_MAXIMUM) ~= count else {
            throw .argument("count is \(UInt(bitPattern: count)), more than \(TRIAGE_TEXTS_MAXIMUM)")
        }
        let context = try unsafe CTriage.context(context)
        guard count > 0 else { return }
        let texts = try unsafe required(texts, "texts")
        let out = try unsafe required(out, "out")
        let size = try unsafe checkedSize(of: out, "out")
        guard size % MemoryLayout<triage_decision>.alignment == 0, size <= maximumStride else {
            throw .argument("struct_size of out is \(size), no distance at which decisions can lie")
        }
        var strings: [String] = []
        strings.reserveCapacity(count)
        for index in 0..<count {
            let text = unsafe texts[index]
            strings.append(try unsafe CTriage.text(text.bytes, text.length, "texts[\(index)]"))
        }
        let limit = threads == 0 ? Int.max : Int(threads)
        let decisions = unsafe handle.takeUnretainedValue().live.current.decide(strings, context, threads: limit)
        for (index, decision) in decisions.enumerated() {
            let place = unsafe UnsafeMutableRawPointer(out) + index * size
            unsafe place.storeBytes(of: size, as: Int.self)
            unsafe write(triage_decision(decision), to: place, size: size)
        }
    }
}

@c @implementation
public func triage_reload(
    _ router: OpaquePointer?,
    _ options: UnsafePointer<triage_options>?,
    _ error: UnsafeMutablePointer<triage_error>?
) -> Int32 {
    unsafe status(error) { () throws(Failure) in
        let handle = try unsafe handle(router)
        var new: RouterFiles?
        if let options = unsafe options { new = try unsafe files(options) }
        do throws(RouterError) {
            try unsafe handle.takeUnretainedValue().reload(new)
        } catch {
            throw Failure(error)
        }
    }
}

@c @implementation
public func triage_counts_get(
    _ router: OpaquePointer?,
    _ out: UnsafeMutablePointer<triage_counts>?,
    _ error: UnsafeMutablePointer<triage_error>?
) -> Int32 {
    unsafe status(error) { () throws(Failure) in
        let handle = try unsafe handle(router)
        let out = try unsafe required(out, "out")
        let size = try unsafe checkedSize(of: out, "out")
        let counts = unsafe handle.takeUnretainedValue().live.counts
        unsafe write(triage_counts(counts), to: out, size: size)
    }
}

@c @implementation
public func triage_info_get(
    _ router: OpaquePointer?,
    _ out: UnsafeMutablePointer<triage_info>?,
    _ error: UnsafeMutablePointer<triage_error>?
) -> Int32 {
    unsafe status(error) { () throws(Failure) in
        let handle = try unsafe handle(router)
        let out = try unsafe required(out, "out")
        let size = try unsafe checkedSize(of: out, "out", first: FirstSize.info)
        let current = unsafe handle.takeUnretainedValue().live.current
        unsafe write(triage_info(current), to: out, size: size)
    }
}

@c @implementation
public func triage_close(_ router: OpaquePointer?) {
    guard let handle = try? unsafe handle(router) else { return }
    unsafe handle.release()
}

/// The most bytes from one decision to the next: more than any version has, and few enough that no distance overflows.
private let maximumStride = 1 << 20

/// Runs a function's body, and says how it ended.
private func status(
    _ pointer: UnsafeMutablePointer<triage_error>?,
    _ body: () throws(Failure) -> Void
) -> Int32 {
    do throws(Failure) {
        if let pointer = unsafe pointer { _ = try unsafe checkedSize(of: pointer, "error") }
    } catch {
        return error.status
    }
    var status = Int32(TRIAGE_OK), message = ""
    do throws(Failure) { try body() } catch { (status, message) = (error.status, error.message) }
    if let pointer = unsafe pointer {
        unsafe pointer.pointee.status = status
        unsafe write(message, to: &pointer.pointee.message)
    }
    return status
}

/// A string that lives as long as the program.
private func constant(_ string: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(string.utf8Start).assumingMemoryBound(to: CChar.self)
}
