using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace KioskFleet.Service.Storage;

/// <summary>
/// Appends rows by COPY in its binary format, which is written here as the rows come (PostgreSQL 15 manual, COPY,
/// "Binary Format"), so that the server stores some while others are made. Integers go to columns of eight bytes.
/// </summary>
internal sealed partial class PostgreSqlCopy : PostgreSqlRows
{
    /// <summary>Bytes that are sent at once: many rows for each way to the server.</summary>
    private const int PieceBytes = 1 << 18;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ArrayBufferWriter<byte> _bytes = new(2 * PieceBytes);
    private readonly string _sql;
    private readonly short _columns;
    private NpgsqlRawCopyStream? _copy;
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
        if (_bytes.WrittenCount >= PieceBytes)
        {
            Owner.Guard(SendPiece);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (IsWaiting)
        {
            Owner.Guard(() => SendPiece() + End());
        }
    }

    /// <inheritdoc/>
    public override void EndSending()
    {
        if (_copy is not null)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    public override void Forget()
    {
        Clear();
        _written = 0;
        if (_copy is { } copy)
        {
            _copy = null;
            Owner.Sending = null;
            Owner.Fail();
            try
            {
                copy.Cancel();
            }
            catch (Exception)
            {
                // The connection broke or the server had refused a row: what was sent is gone anyway, and what broke
                // with it is not handed out again. The driver says so in many ways, also by a missing reference.
                NpgsqlConnection.ClearPool(Owner.Driver);
            }
        }
    }

    /// <inheritdoc/>
    public override void Begin()
    {
        _isRefused = false;
        _refusedRow = null;
    }

    private int SendPiece()
    {
        if (_isRowOpen)
        {
            throw new InvalidOperationException($"{Table}: a row is not whole yet.");
        }

        if (_copy is null)
        {
            Owner.MakeRoom(null, "");
            _copy = Owner.Driver.BeginRawBinaryCopy(_sql);
            Owner.Sending = this;
            _copy.Write(Header);
            _copy.Write(stackalloc byte[2 * sizeof(int)]);
        }

        _copy.Write(_bytes.WrittenSpan);
        _bytes.ResetWrittenCount();
        return 0;
    }

    private int End()
    {
        var rows = _rows;
        try
        {
            using (_copy)
            {
                _copy!.Write([0xFF, 0xFF]);
            }
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
            _copy = null;
            Owner.Sending = null;
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
