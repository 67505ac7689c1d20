using System.Text.Json.Nodes;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Reconciliation;

/// <summary>What the evidence of payments is taken from. Thread-safe.</summary>
internal sealed class PaymentEvidenceSources(HeadsStore heads, CurrentCatalogue catalogue, BusinessZone zone)
{
    /// <summary>The zone of business days.</summary>
    public BusinessZone Zone => zone;

    /// <summary>The ground of one check.</summary>
    /// <param name="wait">Says which policy lets wait.</param>
    /// <param name="traces">Reads entries and lines.</param>
    /// <param name="fleet">The cabinets of operators.</param>
    public PaymentGround Ground(WaitRule wait, PaymentTraces traces, FleetSnapshot fleet)
    {
        // Read once, and only when something is found.
        var all = new Lazy<ILookup<string, HeadShown>>(heads.All);
        return new PaymentGround(
            wait.PolicyOf, catalogue.Snapshot.Version,
            (evidence, cabinet, operatorId) => AddHeads(evidence, cabinet, operatorId, (all.Value, fleet)),
            traces.EntryOf, traces.LineOf, traces.BillsOf);
    }

    private static void AddHeads(
        JsonObject evidence, string cabinetId, string operatorId,
        (ILookup<string, HeadShown> Heads, FleetSnapshot Fleet) of)
    {
        if (cabinetId.Length > 0)
        {
            evidence["heads"] = new JsonArray([.. of.Heads[cabinetId].Select(head => new JsonObject
            {
                ["journal"] = head.Journal,
                ["seq"] = head.Seq,
                ["hash"] = head.Hash,
            })]);
            return;
        }

        var cabinets = of.Fleet.Cabinets.Where(c => c.Assignments.Any(a => a.OperatorId == operatorId))
            .Select(c => c.Id.Value).Order(StringComparer.Ordinal).ToList();
        evidence["cabinets"] = cabinets.Count;
        evidence["headsSha256"] = HeadsStore.DigestOf(cabinets.SelectMany(c => of.Heads[c].Select(head => (c, head))));
    }
}
