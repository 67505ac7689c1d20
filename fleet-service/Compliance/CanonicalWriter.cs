using System.Buffers;
using System.Globalization;
using System.Text;

namespace KioskFleet.Service.Compliance;

/// <summary>
/// Writes JSON of which there is one form only, in the manner of RFC 8785: UTF-8, no blanks, members in the order of
/// their names, the shortest escapes, whole numbers. Names out of order are a bug and throw. Not thread-safe.
/// </summary>
internal sealed class CanonicalWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Stack<Level> _levels = new();

    private sealed class Level
    {
        public string? LastName { get; set; }

        public bool HasItems { get; set; }

        public bool IsNamed { get; set; }
    }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Writes an object.</summary>
    public CanonicalWriter Object(Action<CanonicalWriter> members) => Nested('{', '}', members);

    /// <summary>Writes a list, each item by the action.</summary>
    public CanonicalWriter List<T>(IEnumerable<T> items, Action<CanonicalWriter, T> write) => Nested('[', ']', self =>
    {
        foreach (var item in items)
        {
            write(self, item);
        }
    });

    /// <summary>Begins a member of the object in hand.</summary>
    /// <exception cref="InvalidOperationException">The name does not come behind the one before it.</exception>
    public CanonicalWriter Name(string name)
    {
        var level = _levels.Peek();
        if (string.CompareOrdinal(level.LastName, name) >= 0)
        {
            throw new InvalidOperationException($"'{name}' does not come behind '{level.LastName}'.");
        }

        Separate(level);
        level.LastName = name;
        Quoted(name);
        Raw(":");
        level.IsNamed = true;
        return this;
    }

    /// <summary>Writes a text, or null.</summary>
    public CanonicalWriter Text(string? value)
    {
        Value();
        if (value is null)
        {
            Raw("null");
        }
        else
        {
            Quoted(value);
        }

        return this;
    }

    /// <summary>Writes a whole number, or null.</summary>
    public CanonicalWriter Number(long? value)
    {
        Value();
        Raw(value is { } number ? number.ToString(CultureInfo.InvariantCulture) : "null");
        return this;
    }

    /// <summary>Writes true or false.</summary>
    public CanonicalWriter Flag(bool value)
    {
        Value();
        Raw(value ? "true" : "false");
        return this;
    }

    /// <summary>Writes a value that is canonical already.</summary>
    public CanonicalWriter Canonical(ReadOnlySpan<byte> value)
    {
        Value();
        _bytes.Write(value);
        return this;
    }

    private CanonicalWriter Nested(char open, char close, Action<CanonicalWriter> inside)
    {
        Value();
        _bytes.Write([(byte)open]);
        _levels.Push(new Level());
        inside(this);
        _levels.Pop();
        _bytes.Write([(byte)close]);
        return this;
    }

    private void Value()
    {
        if (!_levels.TryPeek(out var level))
        {
            return;
        }

        if (level.IsNamed)
        {
            level.IsNamed = false;
        }
        else
        {
            Separate(level);
        }
    }

    private void Separate(Level level)
    {
        if (level.HasItems)
        {
            Raw(",");
        }

        level.HasItems = true;
    }

    private void Quoted(string value)
    {
        Raw("\"");
        var plain = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (Escape(value[i]) is { } escape)
            {
                Raw(value.AsSpan(plain, i - plain));
                Raw(escape);
                plain = i + 1;
            }
        }

        Raw(value.AsSpan(plain));
        Raw("\"");
    }

    private static string? Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < ' ' => $"\\u{(int)c:x4}",
        _ => null,
    };

    private void Raw(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, _bytes);
}
