namespace KioskFleet.Service.Http;

/// <summary>A page of a list.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Page">Its number, from 1.</param>
/// <param name="PageSize">Most rows of a page.</param>
/// <param name="Total">Rows of all pages.</param>
internal sealed record ResultPage<T>(IReadOnlyList<T> Items, int Page, int PageSize, int Total)
{
    /// <summary>Rows of a page when the caller names no number.</summary>
    public const int DefaultSize = 100;

    /// <summary>Most rows of a page.</summary>
    public const int MaxSize = 1_000;

    /// <summary>Cuts a page out of a list; numbers outside the range are brought into it.</summary>
    public static ResultPage<T> Cut(IReadOnlyList<T> all, int? page, int? pageSize)
    {
        var size = Math.Clamp(pageSize ?? DefaultSize, 1, MaxSize);
        var number = Math.Clamp(page ?? 1, 1, int.MaxValue / MaxSize);
        return new ResultPage<T>([.. all.Skip((number - 1) * size).Take(size)], number, size, all.Count);
    }
}
