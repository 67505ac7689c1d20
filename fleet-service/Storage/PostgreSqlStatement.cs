using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace KioskFleet.Service.Storage;

/// <summary>
/// A statement of one connection to a PostgreSQL server; the driver prepares it when it is used often.
/// </summary>
internal sealed class PostgreSqlStatement : Statement
{
    private readonly PostgreSqlFleetConnection _owner;
    private readonly NpgsqlCommand _command;
    private readonly Queue<object?[]> _ahead = new();
    private NpgsqlDataReader? _reader;
    private object?[]? _row;
    private bool _isReading;

    /// <summary>Makes a statement of a text in the server's words.</summary>
    public PostgreSqlStatement(PostgreSqlFleetConnection owner, string sql)
    {
        _owner = owner;
        _command = new NpgsqlCommand(sql, owner.Driver);
    }

    /// <summary>Its text, which names its tables.</summary>
    internal string Sql => _command.CommandText;

    /// <inheritdoc/>
    public override Statement Set(int index, long value) => Set(index, NpgsqlDbType.Bigint, value);

    /// <inheritdoc/>
    public override Statement Set(int index, long? value) =>
        Set(index, NpgsqlDbType.Bigint, value is { } present ? present : DBNull.Value);

    /// <inheritdoc/>
    public override Statement Set(int index, string? value) =>
        Set(index, NpgsqlDbType.Text, value is null ? DBNull.Value : PostgreSqlText.Write(value));

    /// <inheritdoc/>
    public override Statement Set(int index, ReadOnlySpan<byte> value) =>
        Set(index, NpgsqlDbType.Bytea, value.ToArray());

    /// <inheritdoc/>
    public override Statement Set(int index, IReadOnlyCollection<byte[]> values) =>
        Set(index, NpgsqlDbType.Array | NpgsqlDbType.Bytea, values.ToArray());

    /// <inheritdoc/>
    public override Statement Set(int index, IReadOnlyCollection<string> values) =>
        Set(index, NpgsqlDbType.Array | NpgsqlDbType.Text, values.Select(PostgreSqlText.Write).ToArray());

    /// <inheritdoc/>
    public override Statement Set(int index, IReadOnlyCollection<long> values) =>
        Set(index, NpgsqlDbType.Array | NpgsqlDbType.Bigint, values.ToArray());

    /// <inheritdoc/>
    public override Statement SetNull(int index) => Set(index, NpgsqlDbType.Unknown, DBNull.Value);

    /// <inheritdoc/>
    public override long Run()
    {
        Reset();
        _owner.MakeRoom(null, _command.CommandText);
        return Math.Max(0, _owner.Guard(_command.ExecuteNonQuery));
    }

    /// <inheritdoc/>
    public override bool Next()
    {
        if (!_isReading)
        {
            _owner.MakeRoom(this, _command.CommandText);
            _reader = _owner.Guard(() => _command.ExecuteReader());
            _isReading = true;
        }

        if (_reader is { } reader)
        {
            if (_owner.Guard(reader.Read))
            {
                return true;
            }
        }
        else if (_ahead.TryDequeue(out _row))
        {
            return true;
        }

        Reset();
        return false;
    }

    /// <summary>The statement as one of several that go in one way to the server.</summary>
    internal NpgsqlBatchCommand Part()
    {
        Reset();
        var part = new NpgsqlBatchCommand(_command.CommandText);
        foreach (NpgsqlParameter parameter in _command.Parameters)
        {
            part.Parameters.Add(parameter.Clone());
        }

        return part;
    }

    /// <summary>Takes its rows from the answer to several.</summary>
    internal void Take(NpgsqlDataReader answer)
    {
        while (answer.Read())
        {
            _ahead.Enqueue(Values(answer));
        }

        _isReading = true;
    }

    /// <summary>Reads the rest of the rows into memory: another statement needs the connection.</summary>
    internal void ReadAhead()
    {
        if (_reader is { } reader)
        {
            _row = Values(reader);
            while (_owner.Guard(reader.Read))
            {
                _ahead.Enqueue(Values(reader));
            }

            CloseReader();
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        CloseReader();
        _ahead.Clear();
        _row = null;
        _isReading = false;
    }

    /// <inheritdoc/>
    public override long Long(int column) => _reader is { } reader
        ? reader.IsDBNull(column) ? 0
            : reader.GetFieldType(column) == typeof(long) ? reader.GetInt64(column)
            : Number(reader.GetValue(column))
        : Number(_row![column]);

    /// <inheritdoc/>
    public override bool IsNull(int column) => _reader?.IsDBNull(column) ?? _row![column] is null;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Bytes(int column) =>
        IsNull(column) ? [] : _reader?.GetFieldValue<byte[]>(column) ?? (byte[])_row![column]!;

    /// <inheritdoc/>
    public override string Text(int column) =>
        IsNull(column) ? null! : PostgreSqlText.Read(_reader?.GetString(column) ?? (string)_row![column]!);

    /// <inheritdoc/>
    public override void Dispose()
    {
        Reset();
        _command.Dispose();
    }

    private static long Number(object? value) => value switch
    {
        null => 0,
        bool truth => truth ? 1 : 0,
        _ => Convert.ToInt64(value, CultureInfo.InvariantCulture),
    };

    private static object?[] Values(NpgsqlDataReader reader)
    {
        var values = new object?[reader.FieldCount];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
        }

        return values;
    }

    private void CloseReader()
    {
        if (_reader is { } reader)
        {
            _reader = null;
            _owner.Done(this);
            reader.Dispose();
        }
    }

    private PostgreSqlStatement Set(int index, NpgsqlDbType type, object value)
    {
        while (_command.Parameters.Count < index)
        {
            // A number that the text leaves out needs a type all the same.
            _command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = DBNull.Value });
        }

        var parameter = _command.Parameters[index - 1];
        parameter.NpgsqlDbType = type;
        parameter.Value = value;
        return this;
    }
}
