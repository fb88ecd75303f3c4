import CAgentPlugin
import PluginTestSupport

/// The Prometheus plugin, whose route is asked as the agent asks it.
final class LoadedPlugin {
    private let instance: PluginInstance
    private let route: agent_route_v1

    init(settings: String = "{}") throws {
        instance = try PluginInstance(of: "Prometheus", settings: settings)
        route = try instance.interface(AGENT_ROUTE_V1)
    }

    var schema: String { instance.schema }

    var path: String? {
        var description = agent_route_def()
        description.size = UInt32(MemoryLayout<agent_route_def>.size)
        guard route.describe_route(instance.pointer, 0, &description) == AGENT_OK else {
            return nil
        }
        return description.path.string
    }

    /// What the route answers, with `closingAfter` writes taken before the client is gone.
    func answer(
        _ snapshot: FakeSnapshot, method: String = "GET", accept: String = "",
        acceptEncoding: String = "", authorization: String? = nil, closingAfter: Int = .max
    ) -> Answer {
        let answer = Answer(closingAfter: closingAfter)
        view(method) { method in
            view(accept) { accept in
                view(acceptEncoding) { encoding in
                    view(authorization ?? "") { credentials in
                        var header = agent_pair(
                            name: agent_str("authorization"), value: credentials)
                        var request = agent_request()
                        request.size = UInt32(MemoryLayout<agent_request>.size)
                        request.method = method
                        request.accept = accept
                        request.accept_encoding = encoding
                        withUnsafePointer(to: &header) {
                            request.headers = $0
                            request.headers_count = authorization == nil ? 0 : 1
                            answer.result = answer.taking {
                                route.handle(
                                    instance.pointer, &request, snapshot.pointer, $0, nil)
                            }
                        }
                    }
                }
            }
        }
        return answer
    }
}
