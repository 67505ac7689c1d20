using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Fleet;

/// <summary>What a cabinet's kind can and cannot enforce, for people in both languages.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="CanEnforce">What its gate can refuse.</param>
/// <param name="CannotEnforce">What it cannot.</param>
internal sealed record CabinetKindView(string Kind, Bilingual Name, Bilingual CanEnforce, Bilingual CannotEnforce)
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Fleet.FleetText");

    /// <summary>States what a kind can and cannot do.</summary>
    public static CabinetKindView Of(CabinetKind kind) =>
        new(kind.ToString(), Texts[$"{kind}Name"], Texts[$"{kind}Can"], Texts[$"{kind}Cannot"]);

    /// <summary>True when every single vend can be refused.</summary>
    public static bool CanRefuseEach(CabinetKind kind) => kind is CabinetKind.Slot or CabinetKind.Locker;
}
