using System.Text.Json.Nodes;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>What a database was begun with: the city and zone that its whole ledger is of.</summary>
/// <param name="CityCode">GB/T 2260 code of the city.</param>
/// <param name="UtcOffsetMinutes">Minutes that business days are ahead of UTC.</param>
internal sealed record PolicyGround(string CityCode, int UtcOffsetMinutes)
{
    /// <summary>That of a data set.</summary>
    public static PolicyGround Of(PlacesDataSet places) => new(places.City.Code.Value, places.Zone.UtcOffsetMinutes);
}

/// <summary>What a start makes of the policies of its data set.</summary>
/// <param name="New">Versions that no start saw before.</param>
/// <param name="Ends">Versions that they end.</param>
/// <param name="Left">Versions that stay in force although the data set no longer has their policy.</param>
/// <param name="Findings">What stands against the data set; then nothing is taken over.</param>
internal sealed record ShippedPolicies(
    IReadOnlyList<Policy> New, IReadOnlyList<PolicyEnd> Ends, IReadOnlyList<Policy> Left,
    IReadOnlyList<DataSetFinding> Findings);

/// <summary>
/// Decides what a changed data set may change: nothing of the past. A version that was seen once keeps its terms for
/// ever; other terms are a higher version from today or a later day on, which ends the one before. A policy that left
/// the data set stays in force until it is ended: silence decides nothing. Pure.
/// </summary>
internal static class ShippedPolicyRule
{
    /// <summary>Compares a data set with what the database has.</summary>
    /// <param name="stored">All versions that were ever seen or made; empty at the first start.</param>
    /// <param name="ground">What the database was begun with; null at the first start.</param>
    /// <param name="places">The data set as it is now.</param>
    /// <param name="today">The present business day.</param>
    public static ShippedPolicies Decide(
        IReadOnlyList<PolicyRecord> stored, PolicyGround? ground, PlacesDataSet places, DateOnly today)
    {
        var findings = Ground(ground ?? PolicyGround.Of(places), places).ToList();
        if (ground is null)
        {
            return new ShippedPolicies(places.Policies, [], [], findings);
        }

        var (added, ends) = (new List<Policy>(), new List<PolicyEnd>());
        var book = stored.Select(r => r.Effective).ToList();
        foreach (var (shipped, i) in places.Policies.Select((p, i) => (p, i)))
        {
            if (stored.FirstOrDefault(r => IsSame(r.Terms, shipped)) is { } known)
            {
                findings.AddRange(Rewritten(known, shipped, $"$.policies[{i}]", Next(stored, shipped.Id), today));
                continue;
            }

            var (ended, against) = TakeIn(book, shipped, $"$.policies[{i}]", Next(stored, shipped.Id), today);
            findings.AddRange(against);
            ends.AddRange(ended);
            added.Add(shipped);
            book.RemoveAll(p => ended.Any(e => IsSame(e.Policy, p)));
            book.AddRange([.. ended.Select(e => e.Policy with { To = e.To }), shipped]);
        }

        var left = stored.Where(r => r.Origin == PolicyOrigin.DataSet && !(r.Effective.To <= today)
            && places.Policies.All(p => p.Id != r.Terms.Id)).Select(r => r.Effective).ToList();
        return new ShippedPolicies(added, ends, left, findings);
    }

    private static IEnumerable<DataSetFinding> Ground(PolicyGround begun, PlacesDataSet places)
    {
        var now = PolicyGround.Of(places);
        if (now.CityCode != begun.CityCode)
        {
            yield return new DataSetFinding(
                "$.city.code", $"'{now.CityCode}'", PolicyTexts.Of("SameCity", begun.CityCode));
        }

        if (now.UtcOffsetMinutes != begun.UtcOffsetMinutes)
        {
            yield return new DataSetFinding("$.zone.utcOffsetMinutes", $"{now.UtcOffsetMinutes}",
                PolicyTexts.Of("SameZone", begun.UtcOffsetMinutes));
        }
    }

    private static IEnumerable<DataSetFinding> Rewritten(
        PolicyRecord known, Policy shipped, string path, int next, DateOnly today)
    {
        var terms = known.Origin == PolicyOrigin.Made ? "MadeTerms" : "SeenTerms";
        return Differences(PolicyJson.Write(known.Terms), PolicyJson.Write(shipped), path).Select(d =>
            new DataSetFinding(d.Path, $"{d.Shipped} in policy '{shipped.Id}' version {shipped.Version}",
                PolicyTexts.Of(terms, d.Stored, next, Day(today))));
    }

    private static (IReadOnlyList<PolicyEnd> Ends, IEnumerable<DataSetFinding> Findings) TakeIn(
        List<Policy> book, Policy shipped, string path, int next, DateOnly today)
    {
        var before = book.Exists(p => p.Id == shipped.Id && p.Overlaps(shipped)) ? shipped.Id : null;
        var outcome = PolicyRule.Make(new PolicyBook(book), shipped, before, today);
        IEnumerable<DataSetFinding> findings = outcome switch
        {
            PolicyOutcome.Made when shipped.Version >= next => [],
            PolicyOutcome.Made => [new DataSetFinding($"{path}.version", $"{shipped.Version}",
                PolicyTexts.Of("HigherVersion", next, shipped.Id))],
            PolicyOutcome.Invalid invalid => invalid.Findings.Select(f => f with
            {
                Path = path + f.Path[1..], Got = $"{f.Got} in policy '{shipped.Id}' version {shipped.Version}",
            }),
            PolicyOutcome.Overlaps { Other: var other } => [new DataSetFinding($"{path}.from",
                $"{PolicyJson.Day(shipped.From)} to {PolicyJson.Day(shipped.To) ?? "(open)"} in policy '{shipped.Id}' "
                + $"version {shipped.Version}",
                PolicyTexts.Of("OverlapsStored", other.Id, other.Version))],
            PolicyOutcome.TooMany => [new DataSetFinding(
                path, "one more version", PolicyTexts.Of("MostVersions", PolicyLimits.MaxPolicies))],
            _ => throw new InvalidOperationException($"{outcome.GetType().Name} is no answer to a new version."),
        };
        return ((outcome as PolicyOutcome.Made)?.Ends ?? [], findings);
    }

    /// <summary>Every member in which two policies differ, each with both values.</summary>
    private static IEnumerable<(string Path, string Stored, string Shipped)> Differences(
        JsonNode? stored, JsonNode? shipped, string path)
    {
        if (stored is JsonObject before && shipped is JsonObject after)
        {
            return before.Select(m => m.Key).Union(after.Select(m => m.Key))
                .SelectMany(name => Differences(before[name], after[name], $"{path}.{name}"));
        }

        return JsonNode.DeepEquals(stored, shipped) ? [] : [(path, Shown(stored), Shown(shipped))];
    }

    private static string Shown(JsonNode? node) => node?.ToJsonString(PolicyJson.Readable) ?? "null";

    private static bool IsSame(Policy one, Policy other) => one.Id == other.Id && one.Version == other.Version;

    private static int Next(IEnumerable<PolicyRecord> stored, string id) =>
        stored.Where(r => r.Terms.Id == id).Select(r => r.Terms.Version).DefaultIfEmpty(0).Max() + 1;

    private static string Day(DateOnly day) => PolicyJson.Day(day)!;
}
