using KioskFleet.Simulators.Crash;
using Xunit;

namespace KioskFleet.Simulators.Tests.Crash;

public sealed class CopyAccountTests
{
    private static readonly RecordKey A = Sale("a");
    private static readonly RecordKey B = Sale("b");
    private static readonly RecordKey C = Sale("c");

    private readonly CopyAccount _account = new();

    [Fact]
    public void A_sale_that_an_older_image_lacks_and_the_ledger_lacks_too_is_destroyed()
    {
        var image = _account.ImageOf(Set(A));

        _account.ImageRestored("cabinet-1", Set(A, B, C), image, "image");
        _account.Settle(Set(A, B), "image");

        Assert.Equal([C], _account.Destroyed.Keys);
    }

    [Fact]
    public void A_sale_that_only_the_ledger_has_is_destroyed_when_the_ledger_is_restored_from_before_it()
    {
        var image = _account.ImageOf(Set(A));
        _account.ImageRestored("cabinet-1", Set(A, B), image, "image");
        _account.Settle(Set(A, B), "image");
        Assert.Empty(_account.Destroyed);

        _account.Settle(Set(A), "backup");

        Assert.Equal("backup", _account.Destroyed[B]);
    }

    [Fact]
    public void A_sale_that_is_on_its_cabinet_is_never_destroyed_by_a_restored_ledger()
    {
        _account.Settle(Set(), "backup");

        Assert.Empty(_account.Destroyed);
    }

    [Fact]
    public void A_sale_that_comes_back_with_a_later_image_is_not_destroyed_any_more()
    {
        var older = _account.ImageOf(Set(A));
        var later = _account.ImageOf(Set(A, B));
        _account.ImageRestored("cabinet-1", Set(A, B), older, "image");
        _account.Settle(Set(A), "image");
        Assert.Contains(B, _account.Destroyed.Keys);

        _account.ImageRestored("cabinet-1", Set(A, B), later, "image");
        _account.Settle(Set(A), "image");

        Assert.Empty(_account.Destroyed);
    }

    [Fact]
    public void A_sale_that_comes_back_with_a_later_backup_is_not_destroyed_any_more()
    {
        _account.Overwritten([A], "page");
        _account.Settle(Set(), "page");
        Assert.Contains(A, _account.Destroyed.Keys);

        _account.Settle(Set(A), "backup");

        Assert.Empty(_account.Destroyed);
    }

    [Fact]
    public void An_image_does_not_hold_what_an_overwritten_page_took_before()
    {
        _account.Overwritten([A], "page");
        var image = _account.ImageOf(Set(A, B));

        _account.ImageRestored("cabinet-1", Set(A, B), image, "image");
        _account.Settle(Set(), "image");

        Assert.Equal([A], _account.Destroyed.Keys);
    }

    [Fact]
    public void An_image_of_one_cabinet_says_nothing_of_another()
    {
        var other = new RecordKey(RecordKind.Sale, "cabinet-2", "a");
        _account.Overwritten([other], "page");

        _account.ImageRestored("cabinet-1", Set(A), Set(A), "image");
        _account.Settle(Set(), "image");

        Assert.Equal([other], _account.Destroyed.Keys);
    }

    private static RecordKey Sale(string id) => new(RecordKind.Sale, "cabinet-1", id);

    private static HashSet<RecordKey> Set(params RecordKey[] keys) => [.. keys];
}
