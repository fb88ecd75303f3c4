import AgentConfiguration
import EventIntake
import Glibc
import Logging
import MetricRegistry
import NIOCore
import PluginHost
import PubSub
import Redaction
import ServiceLifecycle
import Synchronization
import Telemetry
import UnixSignals

/// The agent, put together: each part knows only what was made before it.
///
///     bus → registry → the agent's own metrics → plugins → intake → automation → HTTP → ready
struct Agent {
    private let configuration: AgentConfiguration
    private let log: StructuredLog
    private let logger: Logger
    private let bus: TelemetryBus
    private let registry: MetricRegistry
    private let host: PluginHost
    private let specs: [PluginSpec]
    private let plugins: RunningPlugins
    private let intake: EventIntake
    private let selfMetrics: SelfMetrics
    private let status: ConfigurationStatus
    private let gate = DrainGate()
    private let redactor: CurrentRedactor
    private let rules: RunningRules
    private let health: AgentHealth
    private let hub = PubSub()
    private let desk: AlertDesk
    private let storeWatch = StoreWatch()
    private let pluginWatch: PluginWatch
    private let descriptors: DescriptorPlan

    /// Makes the parts, and finds everything that is wrong with the configuration.
    init(_ configuration: AgentConfiguration, log: StructuredLog) throws(StartFailure) {
        self.configuration = configuration
        descriptors = try DescriptorPlan(configuration)
        self.log = log
        logger = log.logger("agent")
        bus = TelemetryBus()
        do {
            registry = try MetricRegistry(bus: bus, settings: configuration.series.settings)
            try registry.declare(SelfMetric.definitions(), owner: SelfMetric.owner)
        } catch {
            throw .runtime("the agent's own metrics cannot be declared: \(error)")
        }
        redactor = CurrentRedactor()
        rules = RunningRules(
            bus: bus, registry: registry, redactor: redactor, log: log.control,
            handlers: DefaultHandlers(bus, log: log, redactor: redactor))
        rules.use(configuration)
        host = PluginHost(
            bus: bus, registry: registry,
            settings: .reading(configuration, log: .writing(to: log.logger("agent.plugins"))))
        plugins = RunningPlugins(host)
        desk = AlertDesk(hub: hub, redactor: redactor, clock: bus.clock)
        pluginWatch = PluginWatch(plugins, hub: hub, redactor: redactor, desk: desk)
        do {
            try pluginWatch.attach(to: bus)
        } catch {
            throw .runtime("\(error)")
        }

        var metrics = ConfiguredMetrics(configuration.metrics)
        metrics.declare(in: registry)
        let survey = PluginSurvey(configuration, host: host)
        specs = survey.entries.map(\.spec)
        let errors = metrics.errors + survey.settingsErrors
        guard errors.isEmpty else { throw .configuration(.inFileOrder(errors)) }

        var intakeSettings = configuration.intake.settings
        intakeSettings.connections = descriptors.connections.senders
        intake = EventIntake(bus: bus, settings: intakeSettings)
        status = ConfigurationStatus(hash: configuration.contentHash)
        health = AgentHealth(
            configuration, intake: intake, plugins: plugins,
            redact: { [redactor] in redactor.value.text($0) })
        selfMetrics = SelfMetrics(
            registry: registry, accounting: intake.accounting,
            constants: SelfMetrics.Constants(
                interfaceVersion: AgentVersion.pluginInterface),
            configuration: status,
            pipeline: { [bus] in bus.pipelineStatistics },
            store: { [storeWatch] in storeWatch.figures },
            plugins: { [plugins] in plugins.vitals },
            components: { [health] in health.registry.report.components })
        health.registry.onChange { [desk] in desk.post($0) }
        registry.onSnapshot(SelfMetric.owner) { [selfMetrics] in selfMetrics.collect() }
    }

    /// Runs until a signal asks for the end; returns once everything has come to rest.
    ///
    /// - Parameter hangups: at each the configuration is read again
    func run(reloadingAt hangups: UnixSignalsSequence) async throws(StartFailure) {
        if let shortage = descriptors.shortage { logger.warning("\(shortage)") }
        let outcomes = await host.start(specs)
        plugins.note(outcomes)
        var automation: AutomationParts?
        do throws(StartFailure) {
            try checkRequired(outcomes)
            try startIntake()
            // Before anything runs: without the token nobody could stop it.
            let token = try token()
            automation = try await startAutomation()
            rules.handlers.use(automation?.runtime)
            selfMetrics.use(automation?.runtime)
            try await serve(outcomes, automation, token, hangups)
            await rules.handlers.rest(within: .seconds(2))
        } catch {
            intake.stop(within: .seconds(1))
            await automation?.stop(within: .zero)
            await host.stop(deadline: .seconds(5))
            throw error
        }
    }

    /// Whether a plugin's code may still run that was given up: ending in good order would wait for it, or crash on it.
    var hasGivenUp: Bool { host.hasGivenUp }

    private func checkRequired(_ outcomes: [PluginOutcome]) throws(StartFailure) {
        for outcome in outcomes where outcome.isRequired {
            guard case .failure(let refusal) = outcome.result else { continue }
            throw .runtime("the required plugin \"\(outcome.name)\" was refused: \(refusal)")
        }
    }

    private func startAutomation() async throws(StartFailure) -> AutomationParts? {
        guard configuration.isAutomated else { return nil }
        let parts = try AutomationParts(
            configuration, bus: bus, hub: hub, redactor: redactor, logger: logger)
        try await parts.start()
        storeWatch.use(parts)
        await storeWatch.refresh()
        return parts
    }

    private func startIntake() throws(StartFailure) {
        for socket in [configuration.intake.unixStream, configuration.intake.unixDatagram] {
            socket.map { makeDirectory(above: $0.path) }
        }
        do throws(IntakeError) {
            try intake.start()
        } catch {
            throw .runtime("\(error)")
        }
    }

    /// A socket's directory is made where only it is missing; what else is wrong, opening the socket tells.
    private func makeDirectory(above path: String) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        mkdir(String(path[..<slash]), 0o755)
    }

    // MARK: Serving

    private func serve(
        _ outcomes: [PluginOutcome], _ automation: AutomationParts?, _ token: Secret?,
        _ hangups: UnixSignalsSequence
    ) async throws(StartFailure) {
        let reloader = Reloader(
            Reloader.Parts(
                bus: bus, registry: registry, host: host, plugins: plugins,
                automation: automation, health: health, rules: rules, status: status,
                logger: logger),
            running: configuration, specs: specs)
        // Ended in the opposite order, each after the one below has come to rest.
        var services: [any Service] = [
            health.service,
            PluginService(host: host, logger: logger),
            HousekeepingService(
                registry: registry, bus: bus, accounting: intake.accounting,
                tick: configuration.series.tick, logger: logger,
                look: { [pluginWatch] in pluginWatch.look() }),
            HangupService(reloader: reloader, hangups: hangups),
            httpService(outcomes, token, automation, reloader),
            DrainService(gate: gate, limit: configuration.http.drain),
        ]
        if let automation {
            services.insert(
                contentsOf: [
                    StoreService(repo: automation.repo, logger: logger),
                    automation.auditService(configuration.contentHash),
                ], at: 2)
            services.append(health.watch(automation, storeWatch))
            services.append(
                AutomationService(
                    parts: automation, retention: configuration.store.retention,
                    drain: configuration.runs.drain, watch: storeWatch, logger: logger))
        }
        services += [IntakeService(intake: intake, logger: logger), health.stoppingService]
        await health.registry.sample()
        var quiet = logger
        quiet.logLevel = .error
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        group.maximumGracefulShutdownDuration =
            configuration.http.drain + configuration.runs.drain + configuration.runs.killGrace
            + .seconds(30)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError {
            throw .runtime(listenFailure(Self.reason(error)))
        } catch is SocketAddressError.UnknownHost {
            throw .runtime(
                listenFailure("no address is known by that name; give an IP address"))
        } catch {
            throw .runtime("the agent came down: \(error)")
        }
    }

    /// What those who act must bring: configured, or kept in a file that is made when it is missing.
    private func token() throws(StartFailure) -> Secret? {
        if let token = configuration.http.token { return token }
        guard let file = configuration.tokenFile else { return nil }
        do throws(TokenFile.Failure) {
            return try TokenFile(path: file).readOrMake()
        } catch {
            throw .runtime(error.description)
        }
    }

    private func httpService(
        _ outcomes: [PluginOutcome], _ token: Secret?, _ automation: AutomationParts?,
        _ reloader: Reloader
    ) -> HTTPService {
        let endpoints = endpoints(automation, reloader)
        return HTTPService(
            listen: configuration.http.listen, maxConnections: configuration.http.maxConnections,
            router: HTTPRouter(
                requestGuard: RequestGuard(
                    token: token, listenHost: configuration.http.listen.host,
                    allowedHosts: configuration.http.allowedHosts,
                    ownName: MachineName.current, openReads: configuration.http.openReads),
                forwarding: Forwarding(trustedProxies: configuration.http.trustedProxies),
                endpoints: endpoints,
                onRefusal: { automation?.refused.note($0, $1, $2) }),
            logger: logger,
            onListening: { port in
                let banner = Banner(
                    configuration: configuration, httpPort: port, intake: intake,
                    routes: host.routes, plugins: outcomes)
                // In the log's thread: a reader that has stopped reading must not keep the agent from starting.
                log.append(text: banner.text)
                health.listening()
                automation?.beginSchedules()
                bus.tellLoaded(configuration)
            })
    }

    /// Everything the HTTP server answers, plugins' paths as they are at the time.
    private func endpoints(
        _ automation: AutomationParts?, _ reloader: Reloader
    ) -> @Sendable () -> [Endpoint] {
        let listings = ListingRoutes(
            registry: registry,
            plugins: { [plugins, redactor] in plugins.json(redactor.value) })
        var own =
            listings.endpoints + health.endpoints + (automation?.endpoints ?? [])
            + [ReloadRoute(reloader: reloader).endpoint]
        let top = TopSource(
            registry: registry, accounting: intake.accounting, plugins: plugins, redactor: redactor,
            clock: bus.clock)
        own += [TapRoute(bus, redactor: redactor).endpoint, TopRoute(bus, top).endpoint]
        if configuration.intake.http {
            let events = EventRoutes(
                intake: intake, bodyLimit: configuration.intake.limits.bodyBytes)
            own += events.endpoints
        }
        own += livePage(automation).endpoints
        let pluginRoutes = PluginRoutes(
            gate: gate, redact: { [redactor] in redactor.value.text($0) })
        let known: @Sendable () -> [Endpoint] = { [own, host] in
            own + pluginRoutes.endpoints(host.routes)
        }
        return {
            let all = known()
            return all + [LivePage.root(ListingRoutes.index(of: all))]
        }
    }

    private func livePage(_ automation: AutomationParts?) -> LivePage {
        LivePage(
            LiveSources(
                hub: hub, bus: bus, redactor: redactor, accounting: intake.accounting,
                plugins: plugins, pluginWatch: pluginWatch, desk: desk,
                automation: automation?.runtime,
                configurationHash: { [status] in status.value.hash }))
    }

    private func listenFailure(_ reason: String) -> String {
        "cannot listen on \(configuration.http.listen) (\"http.listen\"): \(reason)"
    }

    private static func reason(_ error: IOError) -> String {
        switch error.errnoCode {
        case EADDRINUSE: "another process listens there; stop it or choose another address"
        case EACCES, EPERM: "permission denied; choose an address this user may open"
        case EADDRNOTAVAIL: "this machine does not have that address"
        default: String(cString: strerror(error.errnoCode))
        }
    }
}

extension SeriesConfiguration {
    fileprivate var settings: MetricRegistry.Settings {
        var settings = MetricRegistry.Settings()
        settings.maximumSeries = maxSeries
        settings.tickLength = tick
        return settings
    }
}
