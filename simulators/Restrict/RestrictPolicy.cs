using System.Text.Json.Nodes;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.Fleet;

namespace KioskFleet.Simulators.Restrict;

/// <summary>
/// The policy of a run: the data set's own one for cabinets, for a county and by the week, in a mode. Pure.
/// </summary>
internal static class RestrictPolicy
{
    /// <summary>The policy's id.</summary>
    public const string Id = "cut-off";

    /// <summary>The venue kind of cabinets.</summary>
    public const string Venue = "cabinet";

    /// <summary>The terms to make.</summary>
    /// <param name="shipped">The data set's policies of cabinets.</param>
    /// <param name="county">The county that it is for.</param>
    /// <param name="mode">observe or restrict.</param>
    /// <param name="from">Its first business day, yyyy-mm-dd.</param>
    /// <exception cref="FleetApiException">The data set has no policy for all cabinets.</exception>
    public static JsonObject Make(IReadOnlyList<ApiPolicy> shipped, CountyCode county, string mode, string from)
    {
        var terms = shipped.FirstOrDefault(static policy => policy.Origin == "dataSet" && policy.State == "inForce")
            ?.Terms.DeepClone().AsObject()
            ?? throw new FleetApiException("The service's data set has no policy for cabinets that is in force.");
        terms["id"] = Id;
        terms["scope"] = new JsonObject { ["kind"] = "county", ["id"] = county.Value };
        terms["thresholdSteps"] = new JsonArray();
        terms["window"] = "week";
        terms["from"] = from;
        terms["to"] = null;
        var enforcement = terms["enforcement"]!.AsObject();
        enforcement["mode"] = mode;
        enforcement["breachDays"] = 0;
        enforcement["noticeDays"] = 0;
        return terms;
    }

    /// <summary>What a run under these terms is judged by.</summary>
    public static ShareTerms TermsOf(JsonObject policy)
    {
        var allowance = policy["openingAllowance"]!;
        return new ShareTerms((int)policy["thresholdBasisPoints"]!, (long)allowance["fen"]!,
            (int)allowance["basisPointsOfPreviousWindow"]!);
    }
}
