using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Fleet;

namespace KioskFleet.Simulators.Restrict;

/// <summary>
/// A cabinet's agent over kills, reboots and clocks that somebody set, in one folder that stays. One caller at a time.
/// </summary>
internal sealed class CutOffCabinet : IAsyncDisposable
{
    private readonly AgentPlace _place;
    private readonly TimeProvider _real;
    private readonly Chance _boots;

    /// <summary>Opens the agent in its first boot.</summary>
    /// <param name="cabinet">The cabinet.</param>
    /// <param name="place">Where it lives; its boot began then.</param>
    /// <param name="boots">Where boot ids come from.</param>
    /// <param name="real">The computer's time.</param>
    public CutOffCabinet(LoadCabinet cabinet, AgentPlace place, Chance boots, TimeProvider real)
    {
        (Cabinet, _place, _boots, _real) = (cabinet, place, boots, real);
        Clock = NewBoot(place.BootUtc, cabinet.WallError);
        Clock.MoveTo(place.GreetUtc);
        Agent = CabinetAgent.Open(cabinet, place, Clock, real);
        IsHeard = true;
    }

    /// <summary>The cabinet.</summary>
    public LoadCabinet Cabinet { get; }

    /// <summary>The agent that runs now.</summary>
    public CabinetAgent Agent { get; private set; }

    /// <summary>The clocks of the boot that runs now.</summary>
    public CabinetTime Clock { get; private set; }

    /// <summary>True while this boot has heard the service's clock.</summary>
    public bool IsHeard { get; private set; }

    /// <summary>Does what befalls the cabinet; returns when its agent runs again.</summary>
    /// <param name="kind">What.</param>
    /// <param name="nowUtc">The instant, UTC.</param>
    /// <param name="chance">How far a clock is set.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task InterruptAsync(
        InterruptionKind kind, DateTimeOffset nowUtc, Chance chance, CancellationToken cancel)
    {
        switch (kind)
        {
            case InterruptionKind.StepBack:
                Clock.WallError -= TimeSpan.FromHours(chance.Between(2, 60));
                return;
            case InterruptionKind.Kill:
                await KillAsync();
                break;
            case InterruptionKind.PowerCut:
                await KillAsync();
                Boot(nowUtc, TimeSpan.Zero);
                break;
            case InterruptionKind.Reboot:
                await Agent.DisposeAsync();
                Boot(nowUtc, TimeSpan.Zero);
                break;
            case InterruptionKind.ResetTo1970:
                await Agent.DisposeAsync();
                Boot(nowUtc, DateTimeOffset.UnixEpoch - nowUtc);
                break;
            case InterruptionKind.ResetTo2000:
                await Agent.DisposeAsync();
                Boot(nowUtc, new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero) - nowUtc);
                break;
            case InterruptionKind.RebootAhead:
                await Agent.DisposeAsync();
                Boot(nowUtc, InterruptionPlan.Ahead);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such interruption.");
        }

        await StartAgainAsync(cancel);
    }

    /// <summary>
    /// The network is back: the agent starts again and is heard, in a new boot where this one never heard the service.
    /// </summary>
    /// <exception cref="FleetApiException">The service did not answer in time.</exception>
    public async Task ReconnectAsync(DateTimeOffset nowUtc, CancellationToken cancel)
    {
        Clock.MoveTo(nowUtc);
        await Agent.DisposeAsync();
        if (!IsHeard)
        {
            Boot(nowUtc, TimeSpan.Zero);
        }

        await StartAgainAsync(cancel);
        await Agent.GreetAsync(CabinetCrew.GreetWithin, _real, cancel);
        IsHeard = true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Agent.DisposeAsync();

    /// <summary>
    /// Ends the agent as kill -9 does: what its files hold at this moment is all that is left. The folder is copied
    /// while the agent has it open, and put back when it has closed it in its own way.
    /// </summary>
    private async Task KillAsync()
    {
        var (folder, left) = (Agent.Folder, Agent.Folder + ".left");
        Copy(new DirectoryInfo(folder), left);
        await Agent.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        Directory.Move(left, folder);
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in from.GetDirectories())
        {
            Copy(folder, Path.Combine(to, folder.Name));
        }

        // A lock goes with its process, and so does SQLite's shared memory.
        foreach (var file in from.GetFiles().Where(static file =>
            file.Name != "lock" && !file.Name.EndsWith("-shm", StringComparison.Ordinal)))
        {
            file.CopyTo(Path.Combine(to, file.Name));
        }
    }

    private async Task StartAgainAsync(CancellationToken cancel)
    {
        Agent = CabinetAgent.Open(Cabinet, _place, Clock, _real);
        await Agent.StartAsync(cancel);
    }

    private void Boot(DateTimeOffset nowUtc, TimeSpan wallError)
    {
        Clock = NewBoot(nowUtc, wallError);
        IsHeard = false;
    }

    private CabinetTime NewBoot(DateTimeOffset nowUtc, TimeSpan wallError)
    {
        var id = new byte[BootId.Size];
        for (var i = 0; i < id.Length; i++)
        {
            id[i] = (byte)_boots.Below(256);
        }

        return new CabinetTime(BootId.Read(id), nowUtc, wallError, _real);
    }
}
