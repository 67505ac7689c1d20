using System.Text;
using CsvHelper;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>What came of reading an import file.</summary>
internal abstract record CatalogueFileReading
{
    /// <summary>The file is a table; its rows were read or refused one by one.</summary>
    /// <param name="Rows">Readable rows in file order.</param>
    /// <param name="Refused">Refused rows in file order.</param>
    /// <param name="Encoding">How the text was decoded: <c>utf-8</c> or <c>gb18030</c>.</param>
    /// <param name="IgnoredColumns">Columns that mean nothing here.</param>
    internal sealed record Table(
        IReadOnlyList<CatalogueRow> Rows,
        IReadOnlyList<RefusedRow> Refused,
        string Encoding,
        IReadOnlyList<string> IgnoredColumns) : CatalogueFileReading;

    /// <summary>The file as a whole is refused; nothing was taken.</summary>
    /// <param name="Problem">Why.</param>
    /// <param name="Got">What was found, shortened.</param>
    internal sealed record Unreadable(FileProblem Problem, string Got) : CatalogueFileReading;
}

/// <summary>Why a whole file is refused. Each has a text in both languages in the resource files.</summary>
internal enum FileProblem
{
    /// <summary>More bytes than <see cref="CatalogueLimits.MaxImportBytes"/>.</summary>
    TooLarge,

    /// <summary>More rows than <see cref="CatalogueLimits.MaxImportRows"/>.</summary>
    TooManyRows,

    /// <summary>Neither UTF-8 nor GB18030.</summary>
    UnknownEncoding,

    /// <summary>There is no header line.</summary>
    NoHeader,

    /// <summary>A required column is missing.</summary>
    MissingColumn,

    /// <summary>A column appears twice.</summary>
    ColumnTwice,
}

/// <summary>Reads an import file: encoding, header, rows. Pure.</summary>
internal static class CatalogueFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        "GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>Reads the file's bytes.</summary>
    public static CatalogueFileReading Read(byte[] bytes, BusinessZone zone)
    {
        if (bytes.Length > CatalogueLimits.MaxImportBytes)
        {
            return new CatalogueFileReading.Unreadable(FileProblem.TooLarge, $"{bytes.Length}");
        }

        if (Decode(bytes) is not var (text, encoding))
        {
            return new CatalogueFileReading.Unreadable(FileProblem.UnknownEncoding, "");
        }

        var refused = new List<RefusedRow>();
        using var table = CsvReader.FromText(text, new CsvReaderOptions
        {
            Separator = ',',
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = malformed => refused.Add(Refusal(malformed)),
        });
        table.ReadHeader();
        string[] header = [.. table.Headers.Select(c => c.Trim().ToLowerInvariant())];
        return CheckHeader(header) ?? ReadRows(table, header, refused, zone, encoding);
    }

    private static CatalogueFileReading ReadRows(
        CsvReader table, string[] header, List<RefusedRow> refused, BusinessZone zone, string encoding)
    {
        var reader = new CatalogueRowReader(header, zone);
        var rows = new List<CatalogueRow>();
        var fields = new string[header.Length];
        while (table.Read())
        {
            if (rows.Count + refused.Count >= CatalogueLimits.MaxImportRows)
            {
                return new CatalogueFileReading.Unreadable(
                    FileProblem.TooManyRows, $"> {CatalogueLimits.MaxImportRows}");
            }

            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = table.GetString(i);
            }

            var (row, refusal) = reader.Read((int)table.LineNumber, fields);
            if (row is not null)
            {
                rows.Add(row);
            }
            else if (refusal is not null)
            {
                refused.Add(refusal);
            }
        }

        var known = CatalogueRowReader.RequiredColumns.Concat(CatalogueRowReader.OptionalColumns);
        return new CatalogueFileReading.Table(rows, refused, encoding, [.. header.Except(known)]);
    }

    private static RefusedRow Refusal(CsvMalformedRecord malformed) => new(
        (int)malformed.LineNumber,
        malformed.Reason == CsvMalformedReason.FieldCountMismatch
            ? RefusalReason.WrongFieldCount
            : RefusalReason.BadQuoting,
        CatalogueRowReader.Shortened(malformed.RawRecord));

    private static CatalogueFileReading.Unreadable? CheckHeader(string[] header)
    {
        if (header.All(c => c.Length == 0))
        {
            return new CatalogueFileReading.Unreadable(FileProblem.NoHeader, "");
        }

        var missing = CatalogueRowReader.RequiredColumns.Except(header).ToList();
        if (missing.Count > 0)
        {
            return new CatalogueFileReading.Unreadable(FileProblem.MissingColumn, string.Join(", ", missing));
        }

        var twice = header.GroupBy(c => c).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        return twice.Count > 0
            ? new CatalogueFileReading.Unreadable(FileProblem.ColumnTwice, string.Join(", ", twice))
            : null;
    }

    private static (string Text, string Encoding)? Decode(byte[] bytes)
    {
        // The table reader passes over a byte order mark. A zero byte is UTF-16 or no text at all; both decoders
        // below would let it through.
        if (bytes.Contains((byte)0))
        {
            return null;
        }

        foreach (var encoding in new[] { Utf8, Gb18030 })
        {
            try
            {
                return (encoding.GetString(bytes), encoding.WebName);
            }
            catch (DecoderFallbackException)
            {
                // Not this encoding: the next one is tried, and after the last the file is refused.
                continue;
            }
        }

        return null;
    }
}
