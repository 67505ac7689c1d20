using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// What anybody may read without a token: the products that are listed now, with where to buy them. Limited per
/// address; answers may be kept for a while and are asked for again by their tag.
/// </summary>
internal static class PublicEndpoints
{
    private const string RatePolicy = "public-catalogue";

    /// <summary>Adds the limit per address.</summary>
    public static void AddRate(IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.AddPolicy(RatePolicy, http => RateLimitPartition.GetTokenBucketLimiter(
            http.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => Bucket(http.RequestServices.GetRequiredService<IOptions<CatalogueOptions>>().Value)));
    });

    /// <summary>Maps the list.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        var open = group.MapGroup("/public").AllowAnonymous().RequireRateLimiting(RatePolicy);
        open.MapGet("/products", Products)
            .WithName("GetPublicProducts")
            .WithSummary("Products listed now, by name, with where to buy; no token; pages of at most 100")
            .Produces<PublicPage>().Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status429TooManyRequests);
        open.MapGet("/products/{id}", Product)
            .WithName("GetPublicProduct")
            .WithSummary("One product that is listed now; no token")
            .Produces<PublicProduct>().Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static IResult Products(
        PublicProductStore store, HttpContext http, [AsParameters] PublicQuery query) =>
        CatalogueAnswers.PageProblem(query.Page, query.PageSize, CatalogueLimits.MaxPublicPageSize)
        ?? Kept(http, store.Page(
            new PageAsked(query.Page ?? 1, query.PageSize ?? CatalogueLimits.DefaultPublicPageSize),
            string.IsNullOrEmpty(query.Contains) ? null : query.Contains,
            string.IsNullOrEmpty(query.RecognisedBy) ? null : query.RecognisedBy));

    private static IResult Product(PublicProductStore store, HttpContext http, string id) =>
        store.Product(CatalogueAnswers.PathId(id)) is { } product
            ? Kept(http, product)
            : CatalogueAnswers.Problem(
                StatusCodes.Status404NotFound, CatalogueProblem.ProductUnknown, null, ("got", id));

    /// <summary>An answer that may be kept; 304 to whoever has the same one.</summary>
    private static IResult Kept<T>(HttpContext http, T value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, CatalogueJson.Options);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
        var seconds = http.RequestServices.GetRequiredService<IOptions<CatalogueOptions>>().Value.PublicCacheSeconds;
        http.Response.Headers.CacheControl = $"public, max-age={seconds}";
        return Results.Bytes(bytes, "application/json; charset=utf-8", entityTag: tag);
    }

    private static TokenBucketRateLimiterOptions Bucket(CatalogueOptions options) => new()
    {
        TokenLimit = options.PublicRequestsPerMinute,
        TokensPerPeriod = options.PublicRequestsPerMinute,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1),
        QueueLimit = 0,
    };

    /// <summary>What to list.</summary>
    internal sealed record PublicQuery
    {
        /// <summary>Page from 1.</summary>
        public int? Page { get; init; }

        /// <summary>1 to 100, default 20.</summary>
        public int? PageSize { get; init; }

        /// <summary>A text within name or supplier.</summary>
        public string? Contains { get; init; }

        /// <summary>A county's code, or national.</summary>
        public string? RecognisedBy { get; init; }
    }
}
