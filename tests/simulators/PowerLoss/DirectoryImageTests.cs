using KioskFleet.Simulators.PowerLoss;
using Xunit;

namespace KioskFleet.Simulators.Tests.PowerLoss;

public sealed class DirectoryImageTests
{
    private static IReadOnlyDictionary<string, FileContent> After(
        DirectoryImage names, CutSurvival survival, int seed = 1) =>
        new CutPlan(survival, seed).FilesAfter(names.Snapshot());

    [Fact]
    public void A_synced_file_whose_name_was_never_synced_is_gone_after_a_cut()
    {
        DirectoryImage names = new();
        FileImage image = names.Create("a");
        image.Write(0, [1]);
        image.MakeDurable(image.LastOrdinal);

        Assert.Empty(After(names, CutSurvival.Nothing));
        Assert.Equal([1], After(names, CutSurvival.Everything)["a"].Span.ToArray());

        names.SyncDirectoryOf("a");
        Assert.Equal([1], After(names, CutSurvival.Nothing)["a"].Span.ToArray());
    }

    [Fact]
    public void A_sync_of_one_directory_leaves_names_in_another_waiting()
    {
        DirectoryImage names = new();
        names.Create("a");
        names.Create("deep/b");
        names.SyncDirectoryOf("deep/any");

        Assert.Equal(["deep/b"], After(names, CutSurvival.Nothing).Keys);
    }

    [Fact]
    public void A_deleted_file_returns_with_its_content_until_its_directory_is_synced()
    {
        DirectoryImage names = new();
        names.AddDurable("a", [7]);
        names.Delete("a");

        Assert.Equal([7], After(names, CutSurvival.Nothing)["a"].Span.ToArray());
        Assert.Empty(After(names, CutSurvival.Everything));

        names.SyncDirectoryOf("a");
        Assert.Empty(After(names, CutSurvival.Nothing));
    }

    [Fact]
    public void A_name_deleted_and_created_anew_may_mean_the_old_file_none_or_the_new_one()
    {
        DirectoryImage names = new();
        names.AddDurable("a", [7]);
        names.Delete("a");
        FileImage anew = names.Create("a");
        anew.Write(0, [8]);
        anew.MakeDurable(anew.LastOrdinal);

        HashSet<string> seen = [];
        for (int seed = 0; seed < 100; seed++)
        {
            IReadOnlyDictionary<string, FileContent> files = After(names, CutSurvival.Subset, seed);
            seen.Add(files.TryGetValue("a", out FileContent? file) ? $"{file.Span[0]}" : "none");
        }

        Assert.Equal(["7", "8", "none"], seen.Order());
    }

    [Fact]
    public void A_file_that_is_durable_by_other_means_ends_what_waited_for_its_name()
    {
        DirectoryImage names = new();
        names.Create("a");
        names.Delete("a");
        names.AddDurable("a", [9]);

        Assert.All(
            Enumerable.Range(0, 50).Select(seed => After(names, CutSurvival.Subset, seed)),
            files => Assert.Equal([9], files["a"].Span.ToArray()));
    }

    [Fact]
    public void Equal_seeds_give_equal_files_and_the_image_is_left_as_it_was()
    {
        DirectoryImage names = new();
        FileImage image = names.Create("a");
        for (int i = 0; i < 50; i++)
        {
            image.Write(i * 700, new byte[] { 1, 2, 3, (byte)i });
        }

        for (int seed = 0; seed < 50; seed++)
        {
            CutPlan plan = CutPlan.FromSeed(seed);
            Assert.Equal(Contents(plan.FilesAfter(names.Snapshot())), Contents(plan.FilesAfter(names.Snapshot())));
        }

        Assert.Empty(After(names, CutSurvival.Nothing));

        static string Contents(IReadOnlyDictionary<string, FileContent> files) =>
            string.Join(';', files.Select(file => file.Key + Convert.ToHexString(file.Value.Span)));
    }
}
