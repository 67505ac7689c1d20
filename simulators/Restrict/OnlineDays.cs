using KioskFleet.Simulators.Fleet;

namespace KioskFleet.Simulators.Restrict;

/// <summary>
/// The days before the network goes: a whole window, whose turnover is part of the next allowance, then a window that
/// stands a little below the threshold; the service plans, the cabinets apply, and sell a little more.
/// </summary>
/// <param name="api">The service.</param>
/// <param name="cabinets">The cabinets.</param>
/// <param name="moveServiceTo">Moves the service's clock.</param>
/// <param name="real">The computer's time.</param>
internal sealed class OnlineDays(
    FleetApi api, IReadOnlyList<CutOffCabinet> cabinets, Action<DateTimeOffset> moveServiceTo, TimeProvider real)
{
    /// <summary>How long the service may take until every cabinet has applied what it wants.</summary>
    public static readonly TimeSpan ApplyWithin = TimeSpan.FromSeconds(90);

    private const int PiecesAWeek = 60;

    private static readonly TimeSpan HelloAfter = TimeSpan.FromMinutes(11);

    private DateTimeOffset _nowUtc = RestrictOptions.StartUtc;

    /// <summary>Sells, and returns at the cut-off.</summary>
    /// <param name="desks">The sales program of each cabinet, in their order.</param>
    /// <param name="mode">observe or restrict.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="FleetApiException">The service plans otherwise, or a cabinet does not apply it.</exception>
    public async Task SellAsync(IReadOnlyList<VendDesk> desks, string mode, CancellationToken cancel)
    {
        var (aid, ordinary) = (RestrictGoods.Aid[0], RestrictGoods.Ordinary[4]);
        await SellAsync(desks, RestrictOptions.StartUtc.AddDays(3).AddHours(10), number =>
        {
            // Every other cabinet sold for more than a thousand yuan: its allowance is a part of that.
            var pieces = number % 2 == 0 ? PiecesAWeek : 10;
            return [new Wish(aid, pieces), new Wish(ordinary, pieces)];
        }, cancel);

        // Below the threshold by about half the least allowance.
        await SellAsync(desks, RestrictOptions.StartUtc.AddDays(7).AddHours(10),
            static number => [new Wish(RestrictGoods.Aid[0], 4), new Wish(RestrictGoods.Ordinary[4], 6)], cancel);
        await ApplyAsync(mode == "restrict" ? "Restricted" : "Observing", cancel);

        // What is sold behind the head that the config's figures name.
        await SellAsync(desks, RestrictOptions.StartUtc.AddDays(8).AddHours(10),
            static number => [new Wish(RestrictGoods.Ordinary[2], 1 + number % 3)], cancel);
        await PassAsync(RestrictOptions.CutUtc, cancel);
    }

    private async Task SellAsync(
        IReadOnlyList<VendDesk> desks, DateTimeOffset atUtc, Func<int, Wish[]> wishes, CancellationToken cancel)
    {
        await PassAsync(atUtc, cancel);
        for (var i = 0; i < desks.Count; i++)
        {
            foreach (var wish in wishes(i))
            {
                if (desks[i].Ask(wish) is not { } approved)
                {
                    throw new FleetApiException($"{cabinets[i].Cabinet.Id} denied {wish} before the network went.");
                }

                desks[i].Deliver(approved);
            }
        }

        await DrainAsync(cancel);
    }

    /// <summary>Has the service plan and waits until each cabinet reports the config that it is to work by.</summary>
    private async Task ApplyAsync(string rung, CancellationToken cancel)
    {
        for (var started = real.GetTimestamp(); ;)
        {
            await api.AssessAsync(cancel);
            await PassAsync(_nowUtc + HelloAfter, cancel);
            var rows = await api.EnforcementAsync(cancel);
            if (rows.All(row => row.Rung == rung && row.WantedVersion is not null
                && row.WantedVersion == row.AppliedVersion))
            {
                return;
            }

            if (real.GetElapsedTime(started) > ApplyWithin)
            {
                throw new FleetApiException($"After {ApplyWithin.TotalSeconds} s not every cabinet is {rung} and has "
                    + $"applied its config: {string.Join(", ", rows)}");
            }
        }
    }

    private async Task DrainAsync(CancellationToken cancel)
    {
        for (var started = real.GetTimestamp(); cabinets.Any(static life => life.Agent.Backlog > 0);)
        {
            if (real.GetElapsedTime(started) > CabinetCrew.StallWithin)
            {
                throw new FleetApiException("The sales before the cut-off were not committed in time.");
            }

            // The next hello is due then, and whatever waits for company in a batch goes with it.
            await PassAsync(_nowUtc + HelloAfter, cancel);
        }
    }

    /// <summary>Time passes for the service and all cabinets, which are heard at its end.</summary>
    private async Task PassAsync(DateTimeOffset instantUtc, CancellationToken cancel)
    {
        _nowUtc = instantUtc;
        moveServiceTo(instantUtc);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = cabinets.Count, CancellationToken = cancel };
        await Parallel.ForEachAsync(cabinets, limits, async (life, stopping) =>
            await life.Agent.PassAsync(instantUtc, CabinetCrew.GreetWithin, real, stopping));
    }
}
