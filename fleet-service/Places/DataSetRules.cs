using System.Text.RegularExpressions;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Places;

/// <summary>What must hold between the facts of a data set, beyond each fact alone. Pure.</summary>
internal static partial class DataSetRules
{
    /// <summary>Most steps of a threshold.</summary>
    public const int MaxThresholdSteps = 100;

    /// <summary>The words for a policy's window: a calendar window or the days up to now.</summary>
    [GeneratedRegex("^(day|week|month|quarter|since-launch|trailing-[1-9][0-9]{0,2})$")]
    private static partial Regex Window();

    /// <summary>A policy's id: it stands in addresses of the interface.</summary>
    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}$")]
    private static partial Regex PolicyId();

    /// <summary>Adds a finding for everything that does not hold.</summary>
    public static void Check(PlacesDataSet dataSet, List<DataSetFinding> findings)
    {
        void Note(string path, string got, string takes) => findings.Add(new DataSetFinding(path, got, takes));

        Unique(findings, "$.counties", "code", dataSet.Counties.Select(c => c.Code.Value));
        Unique(findings, "$.siteKinds.kinds", "id", dataSet.SiteKinds.Kinds.Select(k => k.Id));
        Unique(findings, "$.venueKinds", "id", dataSet.VenueKinds.Select(v => v.Id));
        Unique(findings, "$.milestones", "id", dataSet.Milestones.Select(m => m.Id));
        Unique(findings, "$.productTargets", "county", dataSet.ProductTargets.Select(t => t.County.Value));
        Unique(findings, "$.channelGroups", "id", dataSet.ChannelGroups.Select(g => g.Id));
        CheckChannels(dataSet, findings);
        Unique(findings, "$.policies", "id", dataSet.Policies.Select(p => p.Id));

        var quotas = dataSet.Counties.Sum(c => (long)c.CabinetQuota);
        if (quotas != dataSet.City.CabinetTotal)
        {
            Note("$.city.cabinetTotal", $"{dataSet.City.CabinetTotal}", $"the sum of the counties' quotas, {quotas}");
        }

        var codes = dataSet.Counties.Select(c => c.Code).Append(dataSet.City.Code).ToHashSet();
        CheckVenues(dataSet, codes, findings);
        foreach (var (milestone, i) in dataSet.Milestones.Select((x, i) => (x, i)))
        {
            if ((milestone.Cabinets is null) != (milestone.Measure is null))
            {
                Note($"$.milestones[{i}].measure", $"'{milestone.Measure}'",
                    milestone.Cabinets is null ? "null without cabinets" : "what is counted toward the cabinets");
            }
        }

        foreach (var (target, i) in dataSet.ProductTargets.Select((x, i) => (x, i)))
        {
            Known(findings, $"$.productTargets[{i}].county", [target.County], codes);
        }

        foreach (var (policy, i) in dataSet.Policies.Select((x, i) => (x, i)))
        {
            CheckPolicy(dataSet, policy, $"$.policies[{i}]", Note);
            if (dataSet.Policies.Take(i).FirstOrDefault(policy.Overlaps) is { } other)
            {
                Note($"$.policies[{i}].from", $"{policy.From:yyyy-MM-dd} to {policy.To:yyyy-MM-dd}",
                    $"days on which '{other.Id}', which is for the same venue kind and scope, is not in force");
            }
        }
    }

    /// <summary>Checks one policy against the data set.</summary>
    public static void CheckPolicy(
        PlacesDataSet dataSet, Policy policy, string path, Action<string, string, string> note)
    {
        if (dataSet.VenueKinds.All(v => v.Id != policy.VenueKind))
        {
            note($"{path}.venueKind", $"'{policy.VenueKind}'", "the id of a venue kind");
        }

        if (!Window().IsMatch(policy.Window))
        {
            note($"{path}.window", $"'{policy.Window}'",
                "day, week, month, quarter, since-launch or trailing-N with N from 1 to 999 days");
        }

        if (!PolicyId().IsMatch(policy.Id))
        {
            note($"{path}.id", $"'{policy.Id}'", "1 to 64 of a-z, 0-9 and '-', a letter or digit first");
        }

        CheckJudged(policy, path, note);
        CheckSteps(policy, path, note);
        if (policy.To <= policy.From)
        {
            note($"{path}.to", $"{policy.To:yyyy-MM-dd}", $"a day after {policy.From:yyyy-MM-dd}");
        }

        var takes = policy.Scope switch
        {
            { Kind: ScopeKind.City, Id: var id } when id != dataSet.City.Code.Value => "the city's code",
            { Kind: ScopeKind.County, Id: var id } when dataSet.CountyOf(id) is null => "the code of a county",
            { Kind: ScopeKind.Cabinet, Id: var id } when !CabinetId.TryParse(id, out _) => "a cabinet id",
            _ => null,
        };
        if (takes is not null)
        {
            note($"{path}.scope.id", $"'{policy.Scope.Id}'", takes);
        }
    }

    /// <summary>A policy cannot judge as one what is wider than whom it is for.</summary>
    private static void CheckJudged(Policy policy, string path, Action<string, string, string> note)
    {
        var takes = (policy.Scope.Kind, policy.Judged) switch
        {
            (ScopeKind.Cabinet, not Judged.Cabinet) => "cabinet: the policy is for one alone",
            (ScopeKind.Operator, Judged.County) => "cabinet or operator-in-county: the policy is for one operator",
            _ => null,
        };
        if (takes is not null)
        {
            note($"{path}.judged", $"'{policy.Judged}'", takes);
        }
    }

    /// <summary>
    /// Steps come one after the other while the policy is in force: the share of its first day is the threshold itself.
    /// </summary>
    private static void CheckSteps(Policy policy, string path, Action<string, string, string> note)
    {
        var steps = policy.Threshold.Steps;
        if (steps.Length > MaxThresholdSteps)
        {
            note($"{path}.thresholdSteps", $"a list of {steps.Length}", $"at most {MaxThresholdSteps} steps");
        }

        for (var s = 0; s < steps.Length; s++)
        {
            var after = s > 0 ? steps[s - 1].From : policy.From;
            var takes = steps[s].From <= after ? $"a day after {after:yyyy-MM-dd}"
                : steps[s].From >= policy.To ? $"a day before {policy.To:yyyy-MM-dd}, when the policy ends"
                : null;
            if (takes is not null)
            {
                note($"{path}.thresholdSteps[{s}].from", $"{steps[s].From:yyyy-MM-dd}", takes);
            }
        }
    }

    private static void CheckVenues(
        PlacesDataSet dataSet, HashSet<CountyCode> codes, List<DataSetFinding> findings)
    {
        void Note(string path, string got, string takes) => findings.Add(new DataSetFinding(path, got, takes));

        if (dataSet.VenueKinds.All(v => v.Id != PolicyBook.CabinetVenue))
        {
            Note("$.venueKinds", "no kind of this id", $"a kind with the id '{PolicyBook.CabinetVenue}'");
        }

        foreach (var (venue, v) in dataSet.VenueKinds.Select((x, i) => (x, i)))
        {
            if (venue.YearlyPlanBy is not null && venue.CountsAsCitySales)
            {
                Note($"$.venueKinds[{v}].countsAsCitySales", "'True'", "false beside a yearly plan of purchases");
            }

            foreach (var (duty, d) in venue.Duties.Select((x, i) => (x, i)))
            {
                var path = $"$.venueKinds[{v}].duties[{d}]";
                Known(findings, $"{path}.requiredIn", duty.RequiredIn, codes);
                Known(findings, $"{path}.unclearIn", duty.UnclearIn, codes);
                foreach (var code in duty.UnclearIn.Where(c => c != default && duty.RequiredIn.Contains(c)))
                {
                    Note($"{path}.unclearIn", $"'{code}', which is required", "each place once");
                }
            }
        }
    }

    /// <summary>
    /// A sale is counted under a kind of venue or under a channel, by id: so an id may stand for one of them only.
    /// </summary>
    private static void CheckChannels(PlacesDataSet dataSet, List<DataSetFinding> findings)
    {
        var seen = dataSet.VenueKinds.Select(v => v.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var (group, g) in dataSet.ChannelGroups.Select((x, i) => (x, i)))
        {
            foreach (var (channel, c) in group.Channels.Select((x, i) => (x, i)))
            {
                if (channel.Id.Length > 0 && !seen.Add(channel.Id))
                {
                    findings.Add(new DataSetFinding($"$.channelGroups[{g}].channels[{c}].id", $"'{channel.Id}' again",
                        "each id once over all channels and kinds of venue"));
                }
            }
        }
    }

    private static void Known(
        List<DataSetFinding> findings, string path, IEnumerable<CountyCode> codes, HashSet<CountyCode> known)
    {
        // A code that could not be read has its own finding already; and while a county's own code is unreadable,
        // every mention of that county would look unknown.
        foreach (var code in codes.Where(c => c != default && !known.Contains(default) && !known.Contains(c)))
        {
            findings.Add(new DataSetFinding(path, $"'{code}'", "codes of the city and its counties"));
        }
    }

    private static void Unique(List<DataSetFinding> findings, string path, string member, IEnumerable<string> values)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (value, i) in values.Select((value, i) => (value, i)))
        {
            if (value.Length > 0 && !seen.Add(value))
            {
                findings.Add(new DataSetFinding($"{path}[{i}].{member}", $"'{value}' again", "each value once"));
            }
        }
    }
}
