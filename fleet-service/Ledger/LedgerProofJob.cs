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
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("ledger-proof", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        if (options.Value.ProofIntervalHours == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromHours(options.Value.ProofIntervalHours));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LedgerLog.ProofFailedToRun(log, error);
            }
        }
    }

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
