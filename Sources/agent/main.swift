import AgentRuntime

await AgentProgram.main()
