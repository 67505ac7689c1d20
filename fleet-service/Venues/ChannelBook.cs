using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Venues;

/// <summary>A way of selling under which sales are counted.</summary>
/// <param name="Id">A venue kind's id, or a channel's.</param>
/// <param name="Group">The group of channels it belongs to; null for a kind of venue.</param>
/// <param name="Zh">Chinese name.</param>
/// <param name="En">English name.</param>
internal sealed record CountingChannel(string Id, string? Group, string Zh, string En);

/// <summary>
/// The ways of selling of a data set: which count, and which may stand beside one as tags. Every sale has exactly one
/// counting channel: a venue, counted under its kind, or a channel; channels of other groups are tags. Immutable; pure.
/// </summary>
internal sealed class ChannelBook
{
    private readonly Dictionary<string, CountingChannel> _byId;

    /// <summary>Reads the data set.</summary>
    public ChannelBook(PlacesDataSet places)
    {
        All =
        [
            .. places.VenueKinds.Where(k => k.CountsAsCitySales)
                .Select(k => new CountingChannel(k.Id, null, k.Zh, k.En)),
            .. places.ChannelGroups.SelectMany(g => g.Channels
                .Select(c => new CountingChannel(c.Id, g.Id, c.Zh, c.En))),
        ];
        _byId = All.ToDictionary(c => c.Id, StringComparer.Ordinal);
        NotOfCity = places.VenueKinds.Where(k => !k.CountsAsCitySales).Select(k => k.Id).ToHashSet();
    }

    /// <summary>All that count, in the data set's order: kinds of venue, then the groups of channels.</summary>
    public IReadOnlyList<CountingChannel> All { get; }

    /// <summary>Kinds of venue whose sales are not the city's.</summary>
    public IReadOnlySet<string> NotOfCity { get; }

    /// <summary>A way of selling by id, or null.</summary>
    public CountingChannel? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Why a report that names no venue cannot be counted under an id; null when it can.</summary>
    public RefusalCode? CheckChannel(string id) =>
        id == PolicyBook.CabinetVenue ? RefusalCode.CabinetChannel
        : NotOfCity.Contains(id) ? RefusalCode.ProcurementChannel
        : Find(id) is { Group: not null } ? null
        : RefusalCode.NoSuchChannel;

    /// <summary>Why an id cannot be a tag beside a counting channel; null when it can.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="channel">The counting channel, or null when a venue counts.</param>
    public RefusalCode? CheckTag(string tag, string? channel) => Find(tag) is not { Group: { } group }
        ? RefusalCode.BadTag
        : channel is not null && Find(channel)?.Group == group ? RefusalCode.TagOfSameGroup : null;
}
