using System.Text.Json;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace KioskFleet.Service.Http;

/// <summary>
/// Refuses a request whose query has a name that its address does not know: a misspelt filter would be ignored, and the
/// answer would be taken for what it is not. Thread-safe.
/// </summary>
internal sealed class QueryNames(IApiDescriptionGroupCollectionProvider descriptions)
{
    private readonly Lazy<Dictionary<(string Method, string Path), HashSet<string>>> _known = new(() => descriptions
        .ApiDescriptionGroups.Items.SelectMany(group => group.Items)
        .GroupBy(api => (api.HttpMethod ?? "", api.RelativePath ?? ""))
        .ToDictionary(
            apis => apis.Key,
            apis => apis.SelectMany(api => api.ParameterDescriptions)
                .Where(p => p.Source == BindingSource.Query).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name))
                .ToHashSet(StringComparer.OrdinalIgnoreCase)));

    /// <summary>The refusal of a request, or null when every name is known or the address tells none.</summary>
    public IResult? Refusal(HttpContext context)
    {
        if (context.Request.Query.Count == 0 || context.GetEndpoint() is not RouteEndpoint endpoint
            || !_known.Value.TryGetValue(
                (context.Request.Method, endpoint.RoutePattern.RawText?.TrimStart('/') ?? ""), out var known))
        {
            return null;
        }

        var unknown = context.Request.Query.Keys.Where(name => !known.Contains(name)).ToList();
        return unknown.Count == 0 ? null : ApiProblems.Of(
            ProblemCode.UnknownQueryName, StatusCodes.Status400BadRequest, string.Join(", ", unknown),
            ("got", unknown), ("takes", known.Order(StringComparer.Ordinal)));
    }
}
