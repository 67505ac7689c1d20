namespace KioskFleet.Simulators.Restrict;

/// <summary>Where one mode keeps its files.</summary>
/// <param name="Root">Its folder.</param>
internal sealed record CutOffFolder(string Root)
{
    /// <summary>The ledger's folder.</summary>
    public string Ledger => Path.Combine(Root, "fleet");

    /// <summary>The agents' folders.</summary>
    public string Cabinets => Path.Combine(Root, "cabinets");
}
