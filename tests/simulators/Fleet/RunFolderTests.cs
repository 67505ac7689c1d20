using KioskFleet.Simulators.Fleet;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Simulators.Tests.Fleet;

public sealed class RunFolderTests
{
    private static readonly Dictionary<string, string> Load = new() { ["load"] = "demo", ["seed"] = "1" };

    [Fact]
    public void A_temporary_folder_goes_with_its_run()
    {
        var folder = new RunFolder(null);
        Assert.True(Directory.Exists(folder.Root));
        folder.Dispose();
        Assert.False(Directory.Exists(folder.Root));
    }

    [Fact]
    public void A_kept_folder_goes_on_with_the_same_load_and_refuses_another()
    {
        using var parent = new TemporaryFolder("run");
        var path = parent.File("kept");
        using (var folder = new RunFolder(path))
        {
            Assert.Null(folder.Bind(Load));
        }

        using var again = new RunFolder(path);
        Assert.Null(again.Bind(Load));
        Assert.Contains("seed was 1 and is 2", again.Bind(new Dictionary<string, string>(Load) { ["seed"] = "2" }),
            StringComparison.Ordinal);
    }
}
