using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace KioskFleet.Service.Http;

/// <summary>
/// Refuses a request whose query has a name that its address does not know, since a misspelt filter would be ignored
/// and the answer would be taken for what it is not, or a value that cannot be read, which is named here: the web
/// server says no more than that one cannot. Thread-safe.
/// </summary>
internal sealed class QueryParameters(IApiDescriptionGroupCollectionProvider descriptions)
{
    private readonly Lazy<Dictionary<(string Method, string Path), Dictionary<string, Type>>> _known = new(
        () => descriptions.ApiDescriptionGroups.Items.SelectMany(group => group.Items)
            .GroupBy(api => (api.HttpMethod ?? "", api.RelativePath ?? ""))
            .ToDictionary(
                apis => apis.Key,
                apis => apis.SelectMany(api => api.ParameterDescriptions)
                    .Where(parameter => parameter.Source == BindingSource.Query)
                    .DistinctBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase)
                    .ToDictionary(
                        parameter => JsonNamingPolicy.CamelCase.ConvertName(parameter.Name),
                        parameter => Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type,
                        StringComparer.OrdinalIgnoreCase)));

    /// <summary>
    /// The refusal of a request, or null when every name is known and every value can be read, or the address tells no
    /// names.
    /// </summary>
    public IResult? Refusal(HttpContext context)
    {
        if (context.Request.Query.Count == 0 || context.GetEndpoint() is not RouteEndpoint endpoint
            || !_known.Value.TryGetValue(
                (context.Request.Method, endpoint.RoutePattern.RawText?.TrimStart('/') ?? ""), out var known))
        {
            return null;
        }

        var unknown = context.Request.Query.Keys.Where(name => !known.ContainsKey(name)).ToList();
        if (unknown.Count > 0)
        {
            return ApiProblems.Of(
                ProblemCode.UnknownQueryName, StatusCodes.Status400BadRequest, string.Join(", ", unknown),
                ("got", unknown), ("takes", known.Keys.Order(StringComparer.Ordinal)));
        }

        foreach (var (name, type) in known)
        {
            if (context.Request.Query.TryGetValue(name, out var values) && !CanRead($"{values}", type))
            {
                return ApiProblems.BadParameter(name, values, type.Name);
            }
        }

        return null;
    }

    /// <summary>True when the web server will read the value. It would take an empty one for none.</summary>
    /// <exception cref="InvalidOperationException">Nothing is known here of values of this type.</exception>
    private static bool CanRead(string value, Type type) => type switch
    {
        _ when type == typeof(string) => true,
        _ when type == typeof(int) => int.TryParse(value, CultureInfo.InvariantCulture, out _),
        _ when type == typeof(long) => long.TryParse(value, CultureInfo.InvariantCulture, out _),
        _ when type == typeof(bool) => bool.TryParse(value, out _),
        _ when type == typeof(DateTimeOffset) => DateTimeOffset.TryParse(
            value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces,
            out _),
        _ => throw new InvalidOperationException($"A query holds no {type.Name}: say here how it is read."),
    };
}
