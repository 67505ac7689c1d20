using KioskFleet.Service.Hosting;

return await Commands.Root().Parse(args).InvokeAsync();
