import AgentRuntime

AgentProgram.serveTrialIfAsked()
await AgentProgram.main()
