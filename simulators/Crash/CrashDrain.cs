namespace KioskFleet.Simulators.Crash;

/// <summary>Waits after the load until nothing is on its way any more.</summary>
/// <param name="cabinets">The cabinets; all of them run.</param>
/// <param name="time">The time that is waited by.</param>
/// <param name="progress">Told when it is done.</param>
internal sealed class CrashDrain(IReadOnlyList<CabinetUnderTest> cabinets, TimeProvider time, TextWriter progress)
{
    /// <summary>
    /// Waits until the ledger has everything that it can get, or until nothing moves any more; then says what is left.
    /// </summary>
    /// <param name="read">Reads the ledger.</param>
    /// <param name="prove">Holds it against what was answered.</param>
    /// <param name="wrong">Takes what is left.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(
        Func<Task<LedgerFacts>> read, Func<LedgerFacts, ProofResult> prove, List<string> wrong,
        CancellationToken cancel)
    {
        var moved = time.GetTimestamp();
        var standing = (Records: -1, Lost: -1);
        while (time.GetElapsedTime(moved) < CrashLimits.DrainStall)
        {
            var facts = await read();
            var proof = prove(facts);
            var backlogs = await Task.WhenAll(cabinets.Select(cabinet => cabinet.BacklogAsync(cancel)));
            if (proof.Lost.Count == 0 && backlogs.All(backlog => backlog == 0))
            {
                await progress.WriteLineAsync($"drained; {facts.Records.Count} entries in the ledger");
                return;
            }

            if (standing != (facts.Records.Count, proof.Lost.Count))
            {
                standing = (facts.Records.Count, proof.Lost.Count);
                moved = time.GetTimestamp();
            }

            await Task.Delay(CrashLimits.PollInterval * 3, time, cancel);
        }

        wrong.Add($"Not drained: nothing moved for {CrashLimits.DrainStall.TotalSeconds} s.");
        foreach (var cabinet in cabinets)
        {
            if (await cabinet.BacklogAsync(cancel) != 0)
            {
                wrong.Add($"{cabinet.Name} has a backlog: {await cabinet.StatusAsync()}");
            }
        }
    }
}
