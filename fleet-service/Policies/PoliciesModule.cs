using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Policies;

/// <summary>Registers the policies. Needs Storage and Places.</summary>
internal static class PoliciesModule
{
    /// <summary>Adds the policies in force, those of the data set and those made since, and the desk that changes them.
    /// </summary>
    public static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            using var reader = provider.GetRequiredService<FleetDatabase>().OpenReader();
            var (records, revision) = PolicyStore.Read(
                reader, provider.GetRequiredService<PlacesDataSet>().Policies);
            var book = new PolicyBook(records.Select(r => r.Effective), revision);
            var log = provider.GetRequiredService<ILogger<CurrentPolicies>>();
            PoliciesLog.Loaded(log, book.All.Length, revision);
            NoteOverlaps(records, log);
            return new CurrentPolicies(book);
        });
        services.AddSingleton<PolicyDesk>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/policies</c>.</summary>
    public static IEndpointRouteBuilder MapPolicies(this IEndpointRouteBuilder routes)
    {
        PolicyEndpoints.Map(routes);
        return routes;
    }

    /// <summary>The interface refuses an overlap; a data set that was changed behind it can still bring one.</summary>
    private static void NoteOverlaps(IReadOnlyList<PolicyRecord> records, ILogger log)
    {
        foreach (var shipped in records.Where(r => r.Origin == PolicyOrigin.DataSet).Select(r => r.Effective))
        {
            foreach (var made in records.Where(r => r.Origin == PolicyOrigin.Made).Select(r => r.Effective))
            {
                if (made.Overlaps(shipped))
                {
                    PoliciesLog.Overlaps(log, shipped.Id, shipped.Version, made.Id, made.Version);
                }
            }
        }
    }
}
