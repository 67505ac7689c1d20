using System.Text;

namespace KioskFleet.Simulators.RecordedSales;

/// <summary>One record of a CSV file.</summary>
/// <param name="Line">The line it begins on, from 1.</param>
/// <param name="Text">The record as written, its line ends as line feeds.</param>
/// <param name="Fields">Its fields; empty when there is a fault.</param>
/// <param name="Fault">What is wrong with its form; null when nothing.</param>
internal sealed record CsvRecord(long Line, string Text, IReadOnlyList<string> Fields, RefusalReason? Fault);

/// <summary>
/// Splits text into CSV records (RFC 4180, separated by commas) with exact line numbers, and loses none: a quote that
/// is never closed costs its own line, not the rest of the file, which is why no general CSV reader is used here. Lines
/// that hold nothing are no records. For one enumeration; not thread-safe.
/// </summary>
internal sealed class CsvRecords
{
    /// <summary>The longest line, in characters; a longer one is refused.</summary>
    public const int MaxLineChars = 64 * 1024;

    /// <summary>The most lines over which a quoted field may stretch.</summary>
    public const int MaxLinesOfRecord = 20;

    private readonly TextReader _reader;
    private readonly LinkedList<string> _ahead = new();
    private long _line;

    /// <summary>Reads from the text; a byte order mark at its beginning is passed over.</summary>
    public CsvRecords(TextReader reader)
    {
        _reader = reader;
        if (_reader.Peek() == '\uFEFF')
        {
            _ = _reader.Read();
        }
    }

    /// <summary>All records.</summary>
    public IEnumerable<CsvRecord> All()
    {
        while (NextLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Record(line);
            }
        }
    }

    private CsvRecord Record(string first)
    {
        var start = _line;
        var taken = new List<string> { first };
        var text = first;
        var (fields, fault) = Split(text);
        while (fault == RefusalReason.UnclosedQuote && taken.Count < MaxLinesOfRecord && NextLine() is { } more)
        {
            taken.Add(more);
            text = string.Join('\n', taken);
            (fields, fault) = Split(text);
        }

        if (fault is not null && taken.Count > 1)
        {
            // The quote was never meant to open anything: only its own line is lost to it.
            fault = RefusalReason.UnclosedQuote;
            for (var i = taken.Count - 1; i > 0; i--)
            {
                _ahead.AddFirst(taken[i]);
                _line--;
            }

            text = first;
        }

        return new CsvRecord(start, text, fault is null ? fields : [], fault);
    }

    private string? NextLine()
    {
        if (_ahead.First is { } ahead)
        {
            _ahead.RemoveFirst();
            _line++;
            return ahead.Value;
        }

        var line = new StringBuilder();
        var any = false;
        for (var c = _reader.Read(); c >= 0; c = _reader.Read())
        {
            any = true;
            if (c == '\n' || (c == '\r' && (_reader.Peek() != '\n' || _reader.Read() == '\n')))
            {
                break;
            }

            // One character beyond the limit is kept, so that the line is seen to be too long.
            if (line.Length <= MaxLineChars)
            {
                line.Append((char)c);
            }
        }

        _line += any ? 1 : 0;
        return any ? line.ToString() : null;
    }

    private static (List<string> Fields, RefusalReason? Fault) Split(string text)
    {
        var fields = new List<string>();
        if (text.Length > MaxLineChars)
        {
            return (fields, RefusalReason.TextTooLong);
        }

        for (var position = 0; ;)
        {
            RefusalReason? fault;
            (position, fault) = position < text.Length && text[position] == '"'
                ? Quoted(text, position, fields)
                : Plain(text, position, fields);
            if (fault is not null || position >= text.Length)
            {
                return (fields, fault);
            }

            // Stands on a comma: another field follows, be it an empty one at the end.
            position++;
        }
    }

    private static (int Position, RefusalReason? Fault) Plain(string text, int start, List<string> fields)
    {
        var end = text.AsSpan(start).IndexOfAny(',', '"');
        end = end < 0 ? text.Length : start + end;
        fields.Add(text[start..end]);
        return (end, end < text.Length && text[end] == '"' ? RefusalReason.StrayQuote : null);
    }

    private static (int Position, RefusalReason? Fault) Quoted(string text, int start, List<string> fields)
    {
        var field = new StringBuilder();
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] != '"')
            {
                field.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else
            {
                fields.Add(field.ToString());
                return (i + 1, i + 1 < text.Length && text[i + 1] != ',' ? RefusalReason.StrayQuote : null);
            }
        }

        return (text.Length, RefusalReason.UnclosedQuote);
    }
}
