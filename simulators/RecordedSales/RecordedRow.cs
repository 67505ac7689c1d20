using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.RecordedSales;

/// <summary>A data row of a recorded file: <see cref="AcceptedRow"/> or <see cref="RefusedRow"/>.</summary>
/// <param name="Line">The line of the file that it begins on, from 1; the header is line 1.</param>
internal abstract record RecordedRow(long Line);

/// <summary>A row that became events.</summary>
/// <param name="Line">The row's line.</param>
/// <param name="Place">The place as written; empty when the file has none.</param>
/// <param name="Events">
/// One <see cref="SaleIntent"/>, <see cref="NonSaleIntent"/> (nothing was paid) or <see cref="FailedVendIntent"/>; a
/// sale that was refunded is followed by its <see cref="RefundIntent"/>.
/// </param>
internal sealed record AcceptedRow(long Line, string Place, IReadOnlyList<LoadEvent> Events) : RecordedRow(Line);

/// <summary>A row that became nothing.</summary>
/// <param name="Line">The row's line.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">Why, in words, with what was found.</param>
/// <param name="PaidFen">The amount it speaks of in fen; null when that cannot be read either.</param>
/// <param name="Text">The row as written, at most <see cref="MaxTextChars"/> characters of it.</param>
internal sealed record RefusedRow(long Line, RefusalReason Reason, string Detail, long? PaidFen, string Text)
    : RecordedRow(Line)
{
    /// <summary>The most of a refused row that is kept, in characters.</summary>
    public const int MaxTextChars = 500;
}

/// <summary>Why a row is refused.</summary>
internal enum RefusalReason
{
    /// <summary>A quote opens a field and is not closed.</summary>
    UnclosedQuote,

    /// <summary>A quote inside a field that is not quoted, or text after a closing quote.</summary>
    StrayQuote,

    /// <summary>Bytes that are no text in the file's encoding.</summary>
    UnreadableText,

    /// <summary>More or fewer fields than the header.</summary>
    WrongFieldCount,

    /// <summary>A required field is empty.</summary>
    MissingValue,

    /// <summary>A text longer than the journal holds, or a line longer than is read.</summary>
    TextTooLong,

    /// <summary>An amount that is not yuan with at most two decimals.</summary>
    UnreadableAmount,

    /// <summary>An amount below zero or above what a line can be.</summary>
    ImpossibleAmount,

    /// <summary>A moment that cannot be read.</summary>
    UnreadableTime,

    /// <summary>A day that does not exist.</summary>
    ImpossibleDate,

    /// <summary>A time of day that does not exist.</summary>
    ImpossibleTime,

    /// <summary>A state that has no meaning by the options.</summary>
    UnknownState,

    /// <summary>A device that cannot be a cabinet id.</summary>
    NotACabinetId,

    /// <summary>A product that an earlier row of the products file has named.</summary>
    DuplicateProduct,
}
