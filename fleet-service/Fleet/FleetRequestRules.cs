using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Http;

namespace KioskFleet.Service.Fleet;

/// <summary>Checks requests, reporting everything at once. Pure.</summary>
internal static class FleetRequestRules
{
    /// <summary>Longest operator id and site kind, in characters.</summary>
    public const int MaxIdLength = 64;

    /// <summary>Longest site name, in characters.</summary>
    public const int MaxSiteNameLength = 200;

    /// <summary>Checks a registration.</summary>
    /// <param name="request">The request.</param>
    /// <param name="prefix">Put in front of field names: <c>cabinets[3].</c> in bulk.</param>
    /// <param name="countyExists">Whether a county is one of the city's.</param>
    public static IEnumerable<FieldProblem> Check(
        CabinetRequest request, string prefix, Func<CountyCode, bool> countyExists)
    {
        if (!CabinetId.TryParse(request.CabinetId, out _))
        {
            yield return new FieldProblem(prefix + "cabinetId", $"got '{request.CabinetId}'; takes 1 to "
                + $"{CabinetId.MaxLength} characters of A-Z, a-z, 0-9, '-' and '_'");
        }

        if (request.Kind is not null && KindOf(request.Kind) is null)
        {
            yield return BadKind(request.Kind, prefix);
        }

        var place = new AssignmentRequest(request.County, request.OperatorId, request.SiteName, request.SiteKind);
        foreach (var problem in Check(place, prefix, countyExists))
        {
            yield return problem;
        }
    }

    /// <summary>Checks a move.</summary>
    public static IEnumerable<FieldProblem> Check(
        AssignmentRequest request, string prefix, Func<CountyCode, bool> countyExists)
    {
        if (!CountyCode.TryParse(request.County, out var county))
        {
            yield return new FieldProblem(
                prefix + "county", $"got '{request.County}'; takes the six digits of a county's GB/T 2260 code");
        }
        else if (!countyExists(county))
        {
            yield return new FieldProblem(
                prefix + "county", $"got '{county}', which is not a county of this city's data set");
        }

        if (request.OperatorId is { } id && !IsId(id))
        {
            yield return new FieldProblem(prefix + "operatorId", Takes(id));
        }

        if (request.SiteKind is { } kind && !IsId(kind))
        {
            yield return new FieldProblem(prefix + "siteKind", Takes(kind));
        }

        if (request.SiteName is { } name && (name.Length > MaxSiteNameLength || name.Any(char.IsControl)))
        {
            yield return new FieldProblem(prefix + "siteName",
                $"got {name.Length} characters; takes up to {MaxSiteNameLength} without control characters");
        }
    }

    /// <summary>The kind that a word names, case not minded; null when it names none.</summary>
    public static CabinetKind? KindOf(string? word) => EnumWord.Parse<CabinetKind>(word);

    /// <summary>Says that a word is no kind.</summary>
    public static FieldProblem BadKind(string? got, string prefix = "") => new(
        prefix + "kind", $"got '{got}'; takes {string.Join(", ", Enum.GetNames<CabinetKind>())}");

    /// <summary>True for 1 to <see cref="MaxIdLength"/> letters, digits, '-', '_' and '.'; any script.</summary>
    public static bool IsId(string? id) =>
        id is { Length: > 0 and <= MaxIdLength } && id.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string Takes(string got) =>
        $"got '{got}'; takes 1 to {MaxIdLength} letters, digits, '-', '_' and '.'";
}
