using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace KioskFleet.Service.Storage;

/// <summary>
/// Appends rows by COPY in its binary format, which is written here as the rows come (PostgreSQL 15 manual, COPY,
/// "Binary Format"). Integers go to columns of eight bytes.
/// </summary>
internal sealed partial class PostgreSqlCopy : PostgreSqlRows
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ArrayBufferWriter<byte> _bytes = new(1 << 16);
    private readonly string _sql;
    private readonly short _columns;
    private bool _isRowOpen;
    private long _rows;
    private long _written;
    private bool _isRefused;
    private long? _refusedRow;

    /// <summary>Makes the writer of a table.</summary>
    public PostgreSqlCopy(PostgreSqlFleetConnection owner, string table, string columns) : base(owner, table)
    {
        _columns = (short)columns.Split(',').Length;
        _sql = $"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)";
    }

    /// <summary>The signature, no flags, no extension.</summary>
    private static ReadOnlySpan<byte> Header =>
        [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', 10, 255, 13, 10, 0];

    /// <inheritdoc/>
    public override bool IsWaiting => _rows > 0;

    /// <inheritdoc/>
    public override bool IsRefused => _isRefused;

    /// <inheritdoc/>
    public override long? RefusedRow => _refusedRow;

    /// <inheritdoc/>
    public override RowWriter Set(int column, long value)
    {
        var field = Field(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(field, value);
        return this;
    }

    /// <inheritdoc/>
    public override RowWriter Set(int column, string value)
    {
        value = PostgreSqlText.Write(value);
        Utf8.GetBytes(value, Field(Utf8.GetByteCount(value)));
        return this;
    }

    /// <inheritdoc/>
    public override RowWriter Set(int column, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Field(value.Length));
        return this;
    }

    /// <inheritdoc/>
    public override RowWriter SetNull(int column)
    {
        Open();
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), -1);
        _bytes.Advance(sizeof(int));
        return this;
    }

    /// <inheritdoc/>
    public override void Add()
    {
        _isRowOpen = false;
        _rows++;
        Owner.Wait(this);
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (IsWaiting)
        {
            Owner.MakeRoom(null, "");
            Owner.Guard(Send);
        }
    }

    /// <inheritdoc/>
    public override void Forget()
    {
        Clear();
        _written = 0;
    }

    /// <inheritdoc/>
    public override void Begin()
    {
        _isRefused = false;
        _refusedRow = null;
    }

    private int Send()
    {
        var rows = _rows;
        try
        {
            using var copy = Owner.Driver.BeginRawBinaryCopy(_sql);
            copy.Write(Header);
            copy.Write(stackalloc byte[2 * sizeof(int)]);
            copy.Write(_bytes.WrittenSpan);
            copy.Write([0xFF, 0xFF]);
        }
        catch (PostgresException error)
        {
            // The context names the line, in whatever language the server speaks: "COPY entries, line 3".
            _isRefused = true;
            _refusedRow = Line().Match(error.Where ?? "") is { Success: true } line
                ? _written + long.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1
                : null;
            throw;
        }
        finally
        {
            // What is refused is not sent again.
            Clear();
        }

        _written += rows;
        return 0;
    }

    private void Clear()
    {
        _bytes.ResetWrittenCount();
        _rows = 0;
        _isRowOpen = false;
    }

    private void Open()
    {
        if (!_isRowOpen)
        {
            _isRowOpen = true;
            BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(sizeof(short)), _columns);
            _bytes.Advance(sizeof(short));
        }
    }

    [GeneratedRegex(@"COPY \w+\D*(\d+)")]
    private static partial Regex Line();

    private Span<byte> Field(int length)
    {
        Open();
        var span = _bytes.GetSpan(sizeof(int) + length);
        BinaryPrimitives.WriteInt32BigEndian(span, length);
        _bytes.Advance(sizeof(int) + length);
        return span.Slice(sizeof(int), length);
    }
}
