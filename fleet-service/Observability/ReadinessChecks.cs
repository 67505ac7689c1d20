using System.Data.Common;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KioskFleet.Service.Observability;

/// <summary>Ready when a row can be written and fsynced. Asked often, it writes at most once in five seconds.</summary>
internal sealed class DatabaseReadiness(FleetDatabase database, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan AnswerHolds = TimeSpan.FromSeconds(5);

    private long? _writtenAt;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_writtenAt is { } at && time.GetElapsedTime(at) < AnswerHolds)
        {
            return HealthCheckResult.Healthy();
        }

        try
        {
            await database.WriteAsync(
                (connection, _) => ReadinessTable.Write(connection, time.GetUtcNow().ToUnixTimeMilliseconds()),
                cancellationToken);
            _writtenAt = time.GetTimestamp();
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is DbException or IOException)
        {
            return HealthCheckResult.Unhealthy("the database cannot be written", error);
        }
    }
}

/// <summary>Ready when messages can go up and down.</summary>
internal sealed class BrokerReadiness(IBrokerLink link) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        link.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the broker cannot be reached"));
}
