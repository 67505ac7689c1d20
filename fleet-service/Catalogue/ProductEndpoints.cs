using KioskFleet.Service.Access;

namespace KioskFleet.Service.Catalogue;

/// <summary>The HTTP interface of products, listings, mappings and recognitions.</summary>
internal static class ProductEndpoints
{
    /// <summary>Maps them.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        MapProducts(group);
        MapBlocks(group);
        MapRecognitions(group);
        group.MapGet("/listings", Listings)
            .WithName("GetListings")
            .WithSummary("Listings by product; 'county' is the recogniser's code or national; pages of at most 500")
            .Produces<CataloguePage<ShownListing>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/mappings", Mappings)
            .WithName("GetMappings")
            .WithSummary("SKU mappings by SKU, filtered by 'operator' and 'productId'; pages of at most 500")
            .Produces<CataloguePage<ShownMapping>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static void MapProducts(RouteGroupBuilder group)
    {
        group.MapGet("/products", Products)
            .WithName("GetProducts")
            .WithSummary("Products by id; 'contains' looks into name and id, 'county' is the recognising county")
            .Produces<CataloguePage<ShownProduct>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/products/{id}", Product)
            .WithName("GetProduct")
            .WithSummary("One product with its record, listings, recognitions and blocks")
            .Produces<ShownWholeProduct>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPut("/products/{id}", PutAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("PutProduct")
            .WithSummary("Makes a product or replaces its record; 201 when it is new")
            .Produces<ShownWholeProduct>().Produces<ShownWholeProduct>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapPost("/products/{id}/national-listings", ListNationallyAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("ListNationally")
            .WithSummary("Puts a product into the national list, from 'from' to 'to' (a day, or open)")
            .Produces<ShownWholeProduct>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/products/{id}/national-listings/end", EndNationallyAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("EndNationalListing")
            .WithSummary("Sets the end of the national listing in force, acting forward")
            .Produces<ShownWholeProduct>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static void MapBlocks(RouteGroupBuilder group)
    {
        foreach (var (path, isEnd, name, summary) in new[]
        {
            ("/products/{id}/blocks", false, "BlockProduct",
                "Blocks a product for its quality at once, whatever its listings and recognitions; takes a reason"),
            ("/products/{id}/blocks/end", true, "EndProductBlock",
                "Ends the product's block, and what a recognition revoked for quality left blocked; takes a reason"),
        })
        {
            var endpoint = group.MapPost(
                    path,
                    async (ProductBlockDesk desk, CataloguePageStore pages, HttpContext http, string id,
                        BlockRequest request) => Whole(pages, id, await desk.ChangeAsync(
                            CatalogueAnswers.PathId(id), isEnd, request, AccessPolicies.Actor(http.User),
                            http.RequestAborted)))
                .RequireAuthorization(AccessPolicies.Write)
                .WithName(name)
                .WithSummary(summary)
                .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
                .ProducesProblem(StatusCodes.Status409Conflict);
            endpoint.Produces<ShownWholeProduct>(isEnd ? StatusCodes.Status200OK : StatusCodes.Status201Created);
        }
    }

    private static void MapRecognitions(RouteGroupBuilder group)
    {
        group.MapGet("/recognitions", Recognitions)
            .WithName("GetRecognitions")
            .WithSummary("Recognitions by number, filtered by 'state' and 'county'; pages of at most 500")
            .Produces<CataloguePage<ShownRecognition>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/recognitions/{id:long}", Recognition)
            .WithName("GetRecognition")
            .WithSummary("One recognition with all its steps: who, when, why")
            .Produces<ShownRecognition>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/recognitions", ApplyAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("ApplyForRecognition")
            .WithSummary("Applies for the recognition of a product by a county")
            .Produces<ShownRecognition>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/recognitions/{id:long}/steps", StepAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("StepRecognition")
            .WithSummary("Takes a recognition one step further; an illegal step is 409 with state and allowed")
            .WithDescription(
                "applied → townshipOpinion → countyReview → publicNotice (noticeFrom, noticeTo) → listed (from, to or "
                + "open), or rejected from each of them; listed → suspended (ground: quality or administrative) → "
                + "listed or revoked; listed → revoked; suspended administratively → suspended for quality. A notice "
                + "begins today or later, a listing now or later. What is revoked for quality stays blocked. Every "
                + "step takes a reason.")
            .Produces<ShownRecognition>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static IResult Products(
        CataloguePageStore pages, int? page, int? pageSize, string? contains, string? county) =>
        CatalogueAnswers.PageProblem(page, pageSize)
        ?? CatalogueAnswers.Json(pages.Products(PageAsked.Of(page, pageSize), contains, county));

    private static IResult Product(CataloguePageStore pages, string id) =>
        pages.Product(CatalogueAnswers.PathId(id)) is { } product
            ? CatalogueAnswers.Json(product)
            : CatalogueAnswers.Problem(
                StatusCodes.Status404NotFound, CatalogueProblem.ProductUnknown, null, ("got", id));

    private static async Task<IResult> PutAsync(
        ProductDesk desk, CataloguePageStore pages, HttpContext http, string id, ProductRequest request) =>
        Whole(pages, id, await desk.PutAsync(
            CatalogueAnswers.PathId(id), request, AccessPolicies.Actor(http.User), http.RequestAborted));

    private static async Task<IResult> ListNationallyAsync(
        ProductDesk desk, CataloguePageStore pages, HttpContext http, string id, NationalListingRequest request) =>
        Whole(pages, id, await desk.ListNationallyAsync(
            CatalogueAnswers.PathId(id), request, AccessPolicies.Actor(http.User), http.RequestAborted));

    private static async Task<IResult> EndNationallyAsync(
        ProductDesk desk, CataloguePageStore pages, HttpContext http, string id, NationalListingRequest request) =>
        Whole(pages, id, await desk.EndNationallyAsync(
            CatalogueAnswers.PathId(id), request, AccessPolicies.Actor(http.User), http.RequestAborted));

    private static IResult Listings(CataloguePageStore pages, int? page, int? pageSize, string? county) =>
        county is not null && county != Listing.NationalList
            && !Protocol.Identity.CountyCode.TryParse(county, out _)
            ? CatalogueAnswers.BadQuery("county", county)
            : CatalogueAnswers.PageProblem(page, pageSize)
                ?? CatalogueAnswers.Json(pages.Listings(PageAsked.Of(page, pageSize), county));

    private static IResult Mappings(
        CataloguePageStore pages, int? page, int? pageSize, string? @operator, string? productId) =>
        CatalogueAnswers.PageProblem(page, pageSize)
        ?? CatalogueAnswers.Json(pages.Mappings(PageAsked.Of(page, pageSize), @operator, productId));

    private static IResult Recognitions(
        CataloguePageStore pages, int? page, int? pageSize, string? state, string? county) =>
        CatalogueAnswers.PageProblem(page, pageSize)
        ?? CatalogueAnswers.WithChoice<RecognitionState>("state", state, chosen => CatalogueAnswers.Json(
            pages.Recognitions(PageAsked.Of(page, pageSize), chosen, county)));

    private static IResult Recognition(CataloguePageStore pages, long id) => pages.Recognition(id) is { } found
        ? CatalogueAnswers.Json(found)
        : CatalogueAnswers.Problem(
            StatusCodes.Status404NotFound, CatalogueProblem.RecognitionUnknown, null, ("got", id));

    private static async Task<IResult> ApplyAsync(
        RecognitionDesk desk, CataloguePageStore pages, HttpContext http, RecognitionRequest request) =>
        Shown(pages, await desk.ApplyAsync(request, AccessPolicies.Actor(http.User), http.RequestAborted));

    private static async Task<IResult> StepAsync(
        RecognitionDesk desk, CataloguePageStore pages, HttpContext http, long id, RecognitionStepRequest request) =>
        Shown(pages, await desk.StepAsync(id, request, AccessPolicies.Actor(http.User), http.RequestAborted));

    private static IResult Whole<T>(CataloguePageStore pages, string id, CatalogueOutcome<T> outcome) =>
        outcome is CatalogueOutcome<T>.Done done
            ? CatalogueAnswers.Json(
                pages.Product(CatalogueAnswers.PathId(id)),
                done.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK)
            : CatalogueAnswers.Of(outcome);

    private static IResult Shown(CataloguePageStore pages, CatalogueOutcome<Recognition> outcome) =>
        outcome is CatalogueOutcome<Recognition>.Done done
            ? CatalogueAnswers.Json(
                pages.Recognition(done.Value.RecognitionId),
                done.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK)
            : CatalogueAnswers.Of(outcome);
}
