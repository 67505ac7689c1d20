using KioskFleet.Service.Http;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Reads the fields of a request and notes everything that is wrong instead of stopping at the first. What it returns
/// after a note is a stand-in; the caller looks at the notes. Not thread-safe.
/// </summary>
internal sealed class RequestFields(CatalogueTimes times, long nowUtcMs)
{
    private readonly List<FieldRefusal> _refused = [];

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<FieldRefusal> Refused => _refused;

    /// <summary>Notes something wrong.</summary>
    public void Refuse(FieldRefusal? refusal)
    {
        if (refusal is not null)
        {
            _refused.Add(refusal);
        }
    }

    /// <summary>Notes something wrong.</summary>
    public void Refuse(string field, RefusalReason reason, string? got) =>
        _refused.Add(new FieldRefusal(field, reason, got ?? ""));

    /// <summary>A reason in words; required.</summary>
    public string Reason(string field, string? text) => OptionalReason(field, text) is { Length: > 0 } reason
        ? reason
        : Missing(field, "");

    /// <summary>A reason in words, or empty.</summary>
    public string OptionalReason(string field, string? text)
    {
        var reason = text?.Trim();
        if (string.IsNullOrEmpty(reason))
        {
            return "";
        }

        Refuse(ProductRules.Text(field, reason, CatalogueLimits.MaxReasonLength, isLong: true));
        return reason;
    }

    /// <summary>An id in words; required.</summary>
    public string Id(string field, string? text, int mostBytes, RefusalReason reason)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Missing(field, "");
        }

        Refuse(ProductRules.Word(field, text, mostBytes, reason));
        return text;
    }

    /// <summary>A moment: a day, a time with its offset, or "now". Null when it is absent.</summary>
    public long? Moment(string field, string? text) => string.IsNullOrWhiteSpace(text) ? null
        : text == CatalogueTimes.Now ? nowUtcMs
        : times.Moment(text) ?? BadMoment(field, text);

    /// <summary>An end: a moment, or "open" for none. It must be stated.</summary>
    /// <returns>Whether it is stated, and the end.</returns>
    public (bool IsStated, long? UtcMs) End(string field, string? text) =>
        text == CatalogueTimes.Open ? (true, null) : (!string.IsNullOrWhiteSpace(text), Moment(field, text));

    /// <summary>A day. Null when it is absent.</summary>
    public DateOnly? Day(string field, string? text)
    {
        var day = CatalogueTimes.Day(text);
        if (day is null && !string.IsNullOrWhiteSpace(text))
        {
            Refuse(field, RefusalReason.BadTime, text);
        }

        return day;
    }

    /// <summary>A word of a closed set. Null when it is absent.</summary>
    public T? Choice<T>(string field, string? word)
        where T : struct, Enum
    {
        if (string.IsNullOrWhiteSpace(word))
        {
            return null;
        }

        var value = EnumWord.Parse<T>(word);
        if (value is null)
        {
            Refuse(field, RefusalReason.BadChoice, word);
        }

        return value;
    }

    /// <summary>A word of a closed set; required.</summary>
    public T Required<T>(string field, string? word)
        where T : struct, Enum =>
        string.IsNullOrWhiteSpace(word) ? Missing<T>(field, default) : Choice<T>(field, word) ?? default;

    /// <summary>Notes that a field is missing.</summary>
    public T Missing<T>(string field, T standIn)
    {
        Refuse(field, RefusalReason.Missing, null);
        return standIn;
    }

    /// <summary>A span whose beginning and end are both stated.</summary>
    public InForce Span(string? from, string? to)
    {
        var begin = Moment("from", from);
        if (string.IsNullOrWhiteSpace(from))
        {
            Missing("from", 0);
        }

        var (isStated, end) = End("to", to);
        if (!isStated)
        {
            Missing("to", 0);
        }

        if (end <= begin)
        {
            Refuse("to", RefusalReason.EndNotAfterBeginning, to);
        }

        return new InForce(begin ?? 0, end);
    }

    private long? BadMoment(string field, string text)
    {
        Refuse(field, RefusalReason.BadTime, text);
        return null;
    }
}
