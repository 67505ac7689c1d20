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
        void Note(string path, string got, Bilingual takes) => findings.Add(new DataSetFinding(path, got, takes));

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
            Note("$.city.cabinetTotal", $"{dataSet.City.CabinetTotal}", DataSetTexts.Of("SumOfQuotas", quotas));
        }

        var codes = dataSet.Counties.Select(c => c.Code).Append(dataSet.City.Code).ToHashSet();
        CheckVenues(dataSet, codes, findings);
        foreach (var (milestone, i) in dataSet.Milestones.Select((x, i) => (x, i)))
        {
            if ((milestone.Cabinets is null) != (milestone.Measure is null))
            {
                Note($"$.milestones[{i}].measure", $"'{milestone.Measure}'",
                    DataSetTexts.Of(milestone.Cabinets is null ? "NoMeasure" : "Measure"));
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
                    DataSetTexts.Of("DaysWithoutOther", other.Id));
            }
        }
    }

    /// <summary>Checks one policy against the data set.</summary>
    public static void CheckPolicy(
        PlacesDataSet dataSet, Policy policy, string path, Action<string, string, Bilingual> note)
    {
        if (dataSet.VenueKinds.All(v => v.Id != policy.VenueKind))
        {
            note($"{path}.venueKind", $"'{policy.VenueKind}'", DataSetTexts.Of("VenueKindId"));
        }

        if (!Window().IsMatch(policy.Window))
        {
            note($"{path}.window", $"'{policy.Window}'",
                DataSetTexts.Of("Window"));
        }

        if (!PolicyId().IsMatch(policy.Id))
        {
            note($"{path}.id", $"'{policy.Id}'", DataSetTexts.Of("PolicyId"));
        }

        CheckJudged(policy, path, note);
        CheckSteps(policy, path, note);
        if (policy.To <= policy.From)
        {
            note($"{path}.to", $"{policy.To:yyyy-MM-dd}", DataSetTexts.Of("DayAfter", $"{policy.From:yyyy-MM-dd}"));
        }

        var takes = policy.Scope switch
        {
            { Kind: ScopeKind.City, Id: var id } when id != dataSet.City.Code.Value => "CityCode",
            { Kind: ScopeKind.County, Id: var id } when dataSet.CountyOf(id) is null => "CountyCode",
            { Kind: ScopeKind.Cabinet, Id: var id } when !CabinetId.TryParse(id, out _) => "CabinetId",
            _ => null,
        };
        if (takes is not null)
        {
            note($"{path}.scope.id", $"'{policy.Scope.Id}'", DataSetTexts.Of(takes));
        }
    }

    /// <summary>A policy cannot judge as one what is wider than whom it is for.</summary>
    private static void CheckJudged(Policy policy, string path, Action<string, string, Bilingual> note)
    {
        var takes = (policy.Scope.Kind, policy.Judged) switch
        {
            (ScopeKind.Cabinet, not Judged.Cabinet) => "JudgedAlone",
            (ScopeKind.Operator, Judged.County) => "JudgedByOperator",
            _ => null,
        };
        if (takes is not null)
        {
            note($"{path}.judged", $"'{policy.Judged}'", DataSetTexts.Of(takes));
        }
    }

    /// <summary>
    /// Steps come one after the other while the policy is in force: the share of its first day is the threshold itself.
    /// </summary>
    private static void CheckSteps(Policy policy, string path, Action<string, string, Bilingual> note)
    {
        var steps = policy.Threshold.Steps;
        if (steps.Length > MaxThresholdSteps)
        {
            note($"{path}.thresholdSteps", $"a list of {steps.Length}",
                DataSetTexts.Of("MostSteps", MaxThresholdSteps));
        }

        for (var s = 0; s < steps.Length; s++)
        {
            var after = s > 0 ? steps[s - 1].From : policy.From;
            var takes = steps[s].From <= after ? DataSetTexts.Of("DayAfter", $"{after:yyyy-MM-dd}")
                : steps[s].From >= policy.To ? DataSetTexts.Of("DayBeforeEnd", $"{policy.To:yyyy-MM-dd}")
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
        void Note(string path, string got, Bilingual takes) => findings.Add(new DataSetFinding(path, got, takes));

        if (dataSet.VenueKinds.All(v => v.Id != PolicyBook.CabinetVenue))
        {
            Note("$.venueKinds", "no kind of this id", DataSetTexts.Of("CabinetKind", PolicyBook.CabinetVenue));
        }

        foreach (var (venue, v) in dataSet.VenueKinds.Select((x, i) => (x, i)))
        {
            if (venue.YearlyPlanBy is not null && venue.CountsAsCitySales)
            {
                Note($"$.venueKinds[{v}].countsAsCitySales", "'True'", DataSetTexts.Of("NotOfCity"));
            }

            foreach (var (duty, d) in venue.Duties.Select((x, i) => (x, i)))
            {
                var path = $"$.venueKinds[{v}].duties[{d}]";
                Known(findings, $"{path}.requiredIn", duty.RequiredIn, codes);
                Known(findings, $"{path}.unclearIn", duty.UnclearIn, codes);
                foreach (var code in duty.UnclearIn.Where(c => c != default && duty.RequiredIn.Contains(c)))
                {
                    Note($"{path}.unclearIn", $"'{code}', which is required", DataSetTexts.Of("PlaceOnce"));
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
                        DataSetTexts.Of("ChannelOnce")));
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
            findings.Add(new DataSetFinding(path, $"'{code}'", DataSetTexts.Of("CityCodes")));
        }
    }

    private static void Unique(List<DataSetFinding> findings, string path, string member, IEnumerable<string> values)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (value, i) in values.Select((value, i) => (value, i)))
        {
            if (value.Length > 0 && !seen.Add(value))
            {
                findings.Add(new DataSetFinding(
                    $"{path}[{i}].{member}", $"'{value}' again", DataSetTexts.Of("ValueOnce")));
            }
        }
    }
}
