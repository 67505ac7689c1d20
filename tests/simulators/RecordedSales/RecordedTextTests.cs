using KioskFleet.Simulators.RecordedSales;
using Xunit;

namespace KioskFleet.Simulators.Tests.RecordedSales;

public sealed class RecordedTextTests
{
    private static readonly string Rows =
        Samples.Header + string.Concat(Enumerable.Range(1, 3_000).Select(i => Samples.Row($"D{i}")));

    [Fact]
    public void Utf8_with_and_without_mark_and_Gb18030_give_the_same_sales()
    {
        foreach (var stream in new[] { Samples.Utf8(Rows), Samples.Utf8(Rows, mark: true), Samples.Gb18030(Rows) })
        {
            var book = Samples.Load(stream);
            Assert.Equal((3_000, 3_000 * 350), (book.Sales, book.SoldFen));
            Assert.Empty(book.Refused);
        }
    }

    [Fact]
    public void The_encoding_can_be_said_by_option()
    {
        Assert.Equal(3_000, Samples.Load(
            Samples.Gb18030(Rows), new RecordedSalesOptions { Encoding = RecordedEncoding.Gb18030 }).Sales);
        using var stream = Samples.Gb18030(Rows);
        Assert.NotNull(RecordedSalesBook.Load(
            stream, new RecordedSalesOptions { Encoding = RecordedEncoding.Utf8 }).Problem);
    }

    [Fact]
    public void One_broken_byte_costs_one_row_and_does_not_make_the_file_Gb18030()
    {
        var bytes = Samples.Utf8(Rows).ToArray();
        bytes[^30] = 0xFF;
        var book = Samples.Load(new MemoryStream(bytes));
        Assert.Equal(2_999, book.Sales);
        Assert.Equal((3_001L, RefusalReason.UnreadableText), (book.Refused[0].Line, book.Refused[0].Reason));
    }

    [Fact]
    public void A_broken_byte_in_Gb18030_costs_one_row_too()
    {
        var bytes = Samples.Gb18030(Rows).ToArray();
        var comma = bytes.AsSpan().LastIndexOf((byte)',');
        bytes[comma + 1] = 0xFF;
        var book = Samples.Load(new MemoryStream(bytes));
        Assert.Equal(2_999, book.Sales);
        Assert.Equal(RefusalReason.UnreadableText, Assert.Single(book.Refused).Reason);
    }
}
