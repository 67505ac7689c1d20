using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Ledger;

/// <summary>Runs the proof from time to time and raises what it finds.</summary>
internal sealed class LedgerProofJob(
    LedgerProof proof, FleetDatabase database, IOptions<LedgerOptions> options, Leases leases,
    TimeProvider time, ILogger<LedgerProofJob> log) : BackgroundService
{
    private const long HourMs = 3_600_000;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("ledger-proof", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        if (options.Value.ProofIntervalHours == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(LookInterval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await IsDueAsync(stoppingToken))
                {
                    await RunOnceAsync(stoppingToken);
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LedgerLog.ProofFailedToRun(log, error);
            }
        }
    }

    /// <summary>
    /// True when the interval is over since the last run of any service, or since this was asked first: however often
    /// services start and the work changes hands. Then the next interval begins.
    /// </summary>
    internal Task<bool> IsDueAsync(CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) =>
        {
            var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var begun = connection.Query("SELECT begun_utc_ms FROM ledger_proof_runs", row => (long?)row.Long(0))
                .SingleOrDefault();
            var isDue = nowUtcMs - begun >= options.Value.ProofIntervalHours * HourMs;
            if (isDue || begun is null)
            {
                connection.Execute(
                    """
                    INSERT INTO ledger_proof_runs (id, begun_utc_ms) VALUES (1, $now)
                    ON CONFLICT (id) DO UPDATE SET begun_utc_ms = excluded.begun_utc_ms
                    """, ("$now", nowUtcMs));
            }

            return isDue;
        },
        cancellationToken);

    /// <summary>Proves once; every problem becomes a finding.</summary>
    internal async Task<ProofReport> RunOnceAsync(CancellationToken cancellationToken)
    {
        var report = await Task.Run(() => proof.Run(null, cancellationToken), cancellationToken);
        if (report.IsProven)
        {
            LedgerLog.Proven(log, report.Entries, report.Journals);
            return report;
        }

        LedgerLog.NotProven(log, report.ProblemCount, report.Problems[0].Subject, report.Problems[0].Detail);
        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await database.WriteAsync((connection, _) =>
        {
            using var findings = new FindingTable(connection);
            foreach (var problem in report.Problems)
            {
                var cabinet = CabinetId.TryParse(problem.Cabinet, out var parsed) ? parsed : default;
                findings.Raise(FindingKind.LedgerProofFailed, cabinet, problem.Subject,
                    FindingEvidence.Proof(problem), nowUtcMs);
            }

            return report.ProblemCount;
        }, cancellationToken);
        return report;
    }
}
