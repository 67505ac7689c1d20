using CsCheck;
using KioskFleet.Service.Broker;
using Xunit;

namespace KioskFleet.Service.Tests.Broker;

[RunsOnce]
public sealed class FrameSizeGuardTests
{
    [Fact]
    public void Packets_within_the_size_pass_however_the_bytes_are_cut() =>
        Gen.Select(Gen.Int[0, 300].Array[1, 20], Gen.Int[1, 50]).Sample((sizes, cut) =>
        {
            var guard = new FrameSizeGuard(300, 300);
            var stream = sizes.SelectMany(Packet).ToArray();
            return stream.Chunk(cut).All(piece => guard.Accept(piece));
        });

    [Fact]
    public void A_packet_above_the_size_is_noticed_by_its_length_alone() =>
        Gen.Select(Gen.Int[0, 200].Array[0, 10], Gen.Int[201, 200_000_000], Gen.Int[1, 9]).Sample((sizes, big, cut) =>
        {
            var guard = new FrameSizeGuard(200, 200);
            var before = sizes.SelectMany(Packet).ToArray();
            var header = Header(big).ToArray();
            return before.Chunk(cut).All(piece => guard.Accept(piece))
                && !header.Chunk(cut).All(piece => guard.Accept(piece));
        });

    [Fact]
    public void The_first_packet_has_a_limit_of_its_own()
    {
        var guard = new FrameSizeGuard(10, 100);
        Assert.True(guard.Accept([.. Packet(10), .. Packet(100)]));
        Assert.False(new FrameSizeGuard(10, 100).Accept([.. Header(11)]));
    }

    [Fact]
    public void A_length_of_five_bytes_is_malformed() =>
        Assert.False(new FrameSizeGuard(int.MaxValue, int.MaxValue).Accept([0x30, 0x80, 0x80, 0x80, 0x80]));

    private static IEnumerable<byte> Packet(int size) => Header(size).Concat(new byte[size]);

    private static IEnumerable<byte> Header(int size)
    {
        yield return 0x30;
        do
        {
            yield return (byte)((size & 0x7F) | (size > 0x7F ? 0x80 : 0));
            size >>= 7;
        }
        while (size > 0);
    }
}
