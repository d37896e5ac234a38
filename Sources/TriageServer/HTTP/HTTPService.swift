import HummingbirdCore
import Logging
import ModelFormat
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Sets connections up: TLS where it is asked for, the parser, and a handler for each.
struct HTTPService: ServerChildChannel {
    let service: RequestService
    /// Nil for plain HTTP.
    let tls: TLSContext?

    /// Bytes of all fields of a request, of one, and how many there may be.
    private static let fieldLimits: NIOHTTPDecoderLimitConfiguration = {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = 32_768
        limits.maxHeaderFieldSize = 16_384
        limits.maxHeaderFieldCount = 128
        return limits
    }()

    /// A connection.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.current)) }
            let connection = ConnectionHandler(service)
            try pipeline.addHandler(ArrivalHandler(connection))
            try pipeline.addHandler(
                ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: Self.fieldLimits))
            )
            try pipeline.addHandler(connection)
            return Value(channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            // How a connection ended is of no account.
            try? await value.channel.closeFuture.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}

/// The certificate that new connections are shown, which can be replaced.
final class TLSContext: Sendable {
    private static let maximumBytes = 1 << 20

    private let files: TLSFiles
    private let context: Mutex<NIOSSLContext>

    /// - Throws: where the files cannot be read, or do not belong together.
    init(_ files: TLSFiles) throws(ServerError) {
        self.files = files
        context = Mutex(try Self.load(files))
    }

    var current: NIOSSLContext { context.withLock { $0 } }

    /// Reads the files again.
    func load() throws(ServerError) -> NIOSSLContext { try Self.load(files) }

    func use(_ new: NIOSSLContext) { context.withLock { $0 = new } }

    private static func load(_ files: TLSFiles) throws(ServerError) -> NIOSSLContext {
        let chainBytes = try read(files.certificate), keyBytes = try read(files.key)
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(chainBytes), !chain.isEmpty else {
            throw .tls(file: files.certificate, reason: "holds no certificate in PEM")
        }
        guard let key = try? NIOSSLPrivateKey(bytes: keyBytes, format: .pem) else {
            throw .tls(file: files.key, reason: "holds no private key in PEM, or one under a passphrase")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map(NIOSSLCertificateSource.certificate),
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do { return try NIOSSLContext(configuration: configuration) } catch NIOSSLError.failedToLoadPrivateKey {
            throw .tls(file: files.key, reason: "is not the key of the certificate \(files.certificate)")
        } catch {
            throw .tls(file: files.certificate, reason: "cannot be used: \(error)")
        }
    }

    private static func read(_ path: String) throws(ServerError) -> [UInt8] {
        do throws(ModelFileError) { return try FileBytes.read(path, limit: maximumBytes) } catch {
            throw .tls(file: path, reason: error.reason)
        }
    }
}
