using KioskFleet.Service.Compliance;
using KioskFleet.Service.Policies;
using KioskFleet.Service.ProductSales;

namespace KioskFleet.Service.Venues;

/// <summary>What was sold in some days: by cabinets, under channels, and beside them under tags.</summary>
internal sealed record SoldByChannel(
    IReadOnlyList<CabinetSales> Cabinets, IReadOnlyList<ReportedSales> Channels, IReadOnlyList<ReportedSales> Tags)
{
    /// <summary>The same in one place only; all of it without one.</summary>
    public SoldByChannel In(string? place) => string.IsNullOrEmpty(place) ? this : new SoldByChannel(
        [.. Cabinets.Where(c => c.CountyCode == place)],
        [.. Channels.Where(c => c.PlaceCode == place)],
        [.. Tags.Where(c => c.PlaceCode == place)]);
}

/// <summary>What was sold under one channel, in two columns. Amounts in fen.</summary>
/// <param name="Channel">A kind of venue, or a channel.</param>
/// <param name="Group">The group of channels; null for a kind of venue.</param>
/// <param name="Zh">Chinese name.</param>
/// <param name="En">English name.</param>
/// <param name="ProvenAidFen">Aid sales proven by signed journals.</param>
/// <param name="ProvenTotalFen">All sales proven likewise.</param>
/// <param name="ReportedAidFen">Aid sales reported by hand.</param>
/// <param name="ReportedTotalFen">All sales reported likewise.</param>
internal sealed record ChannelSalesRow(
    string Channel, string? Group, string Zh, string En, long ProvenAidFen, long ProvenTotalFen, long ReportedAidFen,
    long ReportedTotalFen);

/// <summary>What was sold under each channel.</summary>
/// <param name="Window">The window; a report counts whole on its last day.</param>
/// <param name="AsOf">How far the ledger was read for the proven columns.</param>
/// <param name="Channels">Every counting channel, in the data set's order; each column may be added up.</param>
/// <param name="Tags">Channels beside counting ones: parts of the above, never to be added up.</param>
internal sealed record ChannelSalesView(
    ShownWindow Window, ProductSalesAsOf AsOf, IReadOnlyList<ChannelSalesRow> Channels,
    IReadOnlyList<ChannelSalesRow> Tags)
{
    /// <summary>Shows the sales. Pure.</summary>
    public static ChannelSalesView Of(
        ShownWindow window, ProductSalesAsOf asOf, ChannelBook channels, SoldByChannel sold) => new(
            window, asOf,
            [.. channels.All.Select(c => Row(
                c, sold.Channels, c.Id == PolicyBook.CabinetVenue ? sold.Cabinets : []))],
            [.. channels.All.Where(c => sold.Tags.Any(t => t.Channel == c.Id)).Select(c => Row(c, sold.Tags, []))]);

    private static ChannelSalesRow Row(
        CountingChannel channel, IReadOnlyList<ReportedSales> reported, IReadOnlyList<CabinetSales> proven)
    {
        var own = reported.Where(r => r.Channel == channel.Id).ToList();
        return new ChannelSalesRow(
            channel.Id, channel.Group, channel.Zh, channel.En,
            Sum(proven, c => c.AidFen), Sum(proven, c => c.TotalFen),
            Sum(own, r => r.AidFen), Sum(own, r => r.TotalFen));
    }

    private static long Sum<T>(IEnumerable<T> rows, Func<T, long> of) =>
        rows.Aggregate(0L, (sum, row) => checked(sum + of(row)));
}
