using KioskFleet.Agent.Cli;

return await AgentCommands.RunAsync(args);
