using System.Net;
using System.Net.Sockets;
using Xunit;

namespace KioskFleet.TestKit.Tests;

public sealed class TemporaryFolderTests
{
    [Fact]
    public void A_temporary_folder_goes_with_all_it_holds()
    {
        var folder = new TemporaryFolder("kit");
        folder.Write("deep/er/file.txt", "text");
        Assert.Equal("text", File.ReadAllText(folder.File("deep/er/file.txt")));
        folder.Dispose();
        folder.Dispose();
        Assert.False(Directory.Exists(folder.Path));
        Assert.False(folder.LeftBehind);
    }

    [Fact]
    public void Two_temporary_folders_are_never_the_same()
    {
        using var one = new TemporaryFolder();
        using var other = new TemporaryFolder();
        Assert.NotEqual(one.Path, other.Path);
    }

    [Fact]
    public void A_free_port_can_be_bound_and_is_given_once()
    {
        var ports = Enumerable.Range(0, 100).Select(_ => FreePort.Next()).ToList();
        Assert.Equal(100, ports.Distinct().Count());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, ports[0]));
    }

    [Fact]
    public void The_source_tree_is_found_from_wherever_the_tests_were_built() =>
        Assert.True(File.Exists(SourceTree.At("tests/kit/SourceTree.cs")));

    [Fact]
    public void A_missing_server_becomes_a_skip_with_its_reason()
    {
        // The assertions of the framework let a skip through, so this one is caught by hand.
        string? message = null;
        try
        {
            ServerAvailability.Require(false, "no such server");
        }
        catch (TestSkippedException skip)
        {
            message = skip.Message;
        }

        Assert.Equal("$XunitDynamicSkip$no such server", message);
        ServerAvailability.Require(true, "no such server");
    }

    [Fact]
    public void A_program_is_found_by_name_or_not_at_all()
    {
        Assert.NotNull(ServerAvailability.FindProgram("sh"));
        Assert.Null(ServerAvailability.FindProgram("no-such-program-anywhere"));
    }
}
