namespace KioskFleet.Simulators.Tests.PowerLoss;

/// <summary>A folder for one test, removed with it.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("power-loss-").FullName;

    public string this[string name] => System.IO.Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
