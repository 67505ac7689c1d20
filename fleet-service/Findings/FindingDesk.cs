using KioskFleet.Service.Access;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Findings;

/// <summary>What became of a step that a person asked for. A closed set.</summary>
internal abstract record FindingOutcome
{
    private FindingOutcome()
    {
    }

    /// <summary>It is recorded.</summary>
    public sealed record Done : FindingOutcome;

    /// <summary>There is no finding of this number.</summary>
    public sealed record Unknown : FindingOutcome;

    /// <summary>The state does not allow the step.</summary>
    /// <param name="State">The state.</param>
    /// <param name="Allowed">What it allows.</param>
    public sealed record Illegal(FindingState State, IReadOnlyList<FindingStep> Allowed) : FindingOutcome;

    /// <summary>The step takes words, and there are none, too many, or some that nobody can read.</summary>
    public sealed record BadWords : FindingOutcome;
}

/// <summary>
/// Steps that persons take: each is one transaction together with its audit row. Thread-safe.
/// </summary>
internal sealed class FindingDesk(FleetDatabase database, TimeProvider time)
{
    /// <summary>Most characters of a step's words.</summary>
    public const int MaxWords = 2_000;

    /// <summary>Takes a step.</summary>
    /// <param name="findingId">The finding.</param>
    /// <param name="step">One of a person's steps.</param>
    /// <param name="words">Why; needed where <see cref="FindingLifeRule.TakesWords"/> says so.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<FindingOutcome> TakeAsync(
        long findingId, FindingStep step, string? words, string actor, CancellationToken cancellationToken)
    {
        words = words?.Trim() ?? "";
        if ((words.Length == 0 && FindingLifeRule.TakesWords(step)) || words.Length > MaxWords
            || words.Any(c => char.IsControl(c) && c != '\n'))
        {
            return new FindingOutcome.BadWords();
        }

        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return await database.WriteAsync<FindingOutcome>((connection, _) =>
        {
            using var findings = new FindingTable(connection);
            if (findings.Find(findingId) is null)
            {
                return new FindingOutcome.Unknown();
            }

            var (from, to) = findings.Take(findingId, step, words, (nowUtcMs, actor));
            if (to is not { } next)
            {
                return new FindingOutcome.Illegal(from, FindingLifeRule.AllowedFrom(from));
            }

            AuditLog.Write(connection, new AuditEntry(nowUtcMs, actor, $"finding.{step}", $"finding:{findingId}",
                new { state = from.ToString() }, new { state = next.ToString(), words }));
            return new FindingOutcome.Done();
        }, cancellationToken);
    }
}
