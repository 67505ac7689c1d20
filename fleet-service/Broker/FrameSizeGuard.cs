namespace KioskFleet.Service.Broker;

/// <summary>
/// Follows the framing of an MQTT byte stream and notices a packet that announces more bytes than are taken, before
/// anybody makes room for it. A state machine over bytes; pure, not thread-safe.
/// </summary>
/// <param name="maxFirstBytes">Most bytes of the first packet's body.</param>
/// <param name="maxBytes">Most bytes of any later packet's body.</param>
internal sealed class FrameSizeGuard(int maxFirstBytes, int maxBytes)
{
    private const int MaxLengthBytes = 4;

    private State _state = State.Type;
    private int _max = maxFirstBytes;
    private int _length;
    private int _lengthBytes;

    private enum State
    {
        Type,
        Length,
        Body,
    }

    /// <summary>Bytes of the body in hand that are still to come; 0 between packets.</summary>
    public int BodyBytesToCome => _state == State.Body ? _length : 0;

    /// <summary>True between two packets.</summary>
    public bool IsBetweenPackets => _state == State.Type;

    /// <summary>The body size that was announced and refused; 0 while all is well.</summary>
    public int RefusedBytes { get; private set; }

    /// <summary>
    /// Takes the next bytes of the stream; false when a packet is too large or its length is malformed.
    /// </summary>
    public bool Accept(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_state == State.Body)
            {
                var taken = Math.Min(_length, bytes.Length);
                bytes = bytes[taken..];
                _length -= taken;
                EndBodyWhenRead();
                continue;
            }

            var next = bytes[0];
            bytes = bytes[1..];
            if (_state == State.Type)
            {
                (_state, _length, _lengthBytes) = (State.Length, 0, 0);
            }
            else if (!AcceptLength(next))
            {
                return false;
            }
        }

        return true;
    }

    private bool AcceptLength(byte next)
    {
        _length |= (next & 0x7F) << (7 * _lengthBytes);
        _lengthBytes++;
        var more = (next & 0x80) != 0;
        if ((more && _lengthBytes == MaxLengthBytes) || _length > _max)
        {
            RefusedBytes = Math.Max(_length, 1);
            return false;
        }

        if (!more)
        {
            _state = State.Body;
            EndBodyWhenRead();
        }

        return true;
    }

    private void EndBodyWhenRead()
    {
        if (_length == 0)
        {
            (_state, _max) = (State.Type, maxBytes);
        }
    }
}
