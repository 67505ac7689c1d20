using System.Globalization;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Access;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Tests.Storage;
using KioskFleet.TestKit;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace KioskFleet.Service.Tests.Broker;

/// <summary>Mosquitto's password file and access list from the register, read by a real Mosquitto.</summary>
public sealed class MosquittoFilesTests
{
    private const string Service = "fleet-service";
    private static readonly CabinetId A = CabinetId.Parse("A1");
    private static readonly CabinetId B = CabinetId.Parse("B1");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_files_hold_hashes_and_rights_of_the_service_and_of_every_cabinet_that_has_a_hash()
    {
        var files = MosquittoFiles.Of((Service, "$7$s"), [(A, "$7$a"), (B, "")]);

        Assert.Equal("fleet-service:$7$s\nA1:$7$a\n", files.Users);
        Assert.Equal(
            """
            # Written by the fleet service from its register; changes are overwritten.
            user fleet-service
            topic read kf/v1/+/up/+
            topic write kf/v1/+/down/+

            user A1
            topic write kf/v1/A1/up/+
            topic read kf/v1/A1/down/+

            """, files.Access);
        Assert.Equal((1, B), (files.Cabinets, Assert.Single(files.WithoutHash)));
        Assert.Throws<InvalidOperationException>(() => MosquittoFiles.Of(("A1", "$7$s"), [(A, "$7$a")]));
    }

    [Fact]
    public void A_hash_fits_its_password_and_no_other()
    {
        var hash = MosquittoPassword.Hash("secret");
        Assert.StartsWith("$7$101$", hash, StringComparison.Ordinal);
        Assert.NotEqual(hash, MosquittoPassword.Hash("secret"));
        Assert.True(MosquittoPassword.Fits(hash, "secret"));
        Assert.False(MosquittoPassword.Fits(hash, "Secret"));
        Assert.False(MosquittoPassword.Fits("$7$101$no$no", "secret"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reload_drops_nobody_but_the_revoked_cabinet_which_can_no_longer_connect(bool byCommand)
    {
        ServerAvailability.RequireMosquitto();
        using var folder = new TemporaryFolder("mosquitto-files");
        var own = folder.Write("service.password", "service secret\n");
        var (users, access) = (folder.File("users"), folder.File("access"));
        await File.WriteAllTextAsync(users, $"{Service}:{MosquittoPassword.Hash("service secret")}\n", Stop);
        await File.WriteAllTextAsync(access, $"user {Service}\ntopic readwrite kf/v1/#\n", Stop);
        await using var mosquitto = await MosquittoServer.StartAsync(new MosquittoOptions
        {
            ExtraLines =
            [
                "allow_anonymous false", $"password_file {users}", $"acl_file {access}",
                $"pid_file {folder.File("mosquitto.pid")}",
            ],
        });
        await UntilAsync(() => File.Exists(folder.File("mosquitto.pid")));
        var pid = (await File.ReadAllTextAsync(folder.File("mosquitto.pid"), Stop)).Trim();
        (string, string)[] reload = byCommand
            ? [("Broker:External:Files:ReloadCommand:0", "kill"), ("Broker:External:Files:ReloadCommand:1", "-HUP"),
                ("Broker:External:Files:ReloadCommand:2", pid)]
            : [("Broker:External:Files:PidFile", folder.File("mosquitto.pid"))];
        await using var rig = await BrokerRig.StartAsync(
        [
            ("Broker:Mode", "External"), ("Broker:External:Host", "127.0.0.1"),
            ("Broker:External:Port", mosquitto.Port.ToString(CultureInfo.InvariantCulture)),
            ("Broker:External:UserName", Service), ("Broker:External:PasswordFile", own),
            ("Broker:External:Accounts", "Files"), ("Broker:External:Files:Directory", folder.Path), .. reload,
        ]);
        await UntilAsync(() => rig.Link.IsReady);
        var a = await EnrolAsync(rig, mosquitto, A);
        var b = await EnrolAsync(rig, mosquitto, B);
        using (a.Client)
        using (b.Client)
        {
            var dropped = new List<string>();
            a.Client.DisconnectedAsync += args =>
            {
                dropped.Add(args.Reason.ToString());
                return Task.CompletedTask;
            };

            // Each only its own topics, both ways.
            Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(a.Client, "kf/v1/A1/up/batch"));
            Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await PublishAsync(a.Client, "kf/v1/B1/up/batch"));
            await rig.Handler.WaitAsync(1, Stop).WaitAsync(Soon, Stop);
            Assert.Equal([7], await ReceiptAsync(rig, a.Client, A, [7]));

            // Mosquitto lets a cabinet subscribe to what it may not read; it takes nothing away from the services.
            await b.Client.SubscribeAsync(
                "$share/kf/kf/v1/+/up/+", MqttQualityOfServiceLevel.AtLeastOnce, Stop);
            await b.Client.SubscribeAsync(
                "$share/+/kf/v1/+/up/+", MqttQualityOfServiceLevel.AtLeastOnce, Stop);
            for (var i = 0; i < 20; i++)
            {
                await PublishAsync(a.Client, "kf/v1/A1/up/batch");
            }

            await rig.Handler.WaitAsync(21, Stop).WaitAsync(Soon, Stop);

            // Revoked: cut off, and shut out; everybody else and the service itself stay.
            await rig.Database.WriteAsync((c, _) => CabinetCredentials.Revoke(c, B), Stop);
            await rig.Accounts.RemoveAsync(B, Stop);
            await UntilAsync(() => !b.Client.IsConnected);
            Assert.NotEqual(
                MqttClientConnectResultCode.Success, (await ConnectAsync(mosquitto.Port, B, b.Password)).Code);
            Assert.True(rig.Link.IsReady);
            Assert.Equal([8], await ReceiptAsync(rig, a.Client, A, [8]));
            Assert.Empty(dropped);

            // What the files hold is no password.
            var content = await File.ReadAllTextAsync(users, Stop) + await File.ReadAllTextAsync(access, Stop);
            Assert.DoesNotContain(a.Password, content, StringComparison.Ordinal);
            Assert.DoesNotContain("service secret", content, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_command_writes_the_same_files_without_a_service_and_leaves_what_is_as_it_should_be()
    {
        using var files = new TemporaryDatabase();
        using var folder = new TemporaryFolder("mosquitto-files");
        await files.Database.WriteAsync((c, _) => CabinetCredentials.Issue(c, A, 1), Stop);
        files.Close();
        string[] arguments =
        [
            "broker-files", "--out", folder.File("out"), .. StorageOf(files),
            "--set", $"Broker:External:UserName={Service}",
        ];
        Assert.Equal(2, await Commands.Root().Parse(arguments).InvokeAsync(cancellationToken: Stop));
        Assert.False(Directory.Exists(folder.File("out")));

        arguments =
        [
            .. arguments, "--set", $"Broker:External:PasswordFile={folder.Write("password", "service secret\n")}",
        ];
        Assert.Equal(0, await Commands.Root().Parse(arguments).InvokeAsync(cancellationToken: Stop));
        var users = await File.ReadAllTextAsync(folder.File("out/users"), Stop);
        Assert.Equal([Service, "A1"], users.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':')[0]));
        Assert.Contains("user A1", await File.ReadAllTextAsync(folder.File("out/access"), Stop),
            StringComparison.Ordinal);
        Assert.Equal(0, await Commands.Root().Parse(arguments).InvokeAsync(cancellationToken: Stop));
        Assert.Equal(users, await File.ReadAllTextAsync(folder.File("out/users"), Stop));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal((UnixFileMode)0x1A0, File.GetUnixFileMode(folder.File("out/users")));
        }
    }

    [Fact]
    public async Task Another_password_than_the_one_in_force_is_refused_unless_it_is_meant_to_be_new()
    {
        using var files = new TemporaryDatabase();
        using var folder = new TemporaryFolder("mosquitto-files");
        files.Database.Dispose();
        string[] With(string password) =>
        [
            "broker-files", "--out", folder.File("out"), .. StorageOf(files),
            "--set", $"Broker:External:UserName={Service}",
            "--set", $"Broker:External:PasswordFile={folder.Write(password, password)}",
        ];
        Assert.Equal(0, await Commands.Root().Parse(With("right")).InvokeAsync(cancellationToken: Stop));
        var users = await File.ReadAllTextAsync(folder.File("out/users"), Stop);
        Assert.Equal(2, await Commands.Root().Parse(With("wrong")).InvokeAsync(cancellationToken: Stop));
        Assert.Equal(users, await File.ReadAllTextAsync(folder.File("out/users"), Stop));

        // A service that is started with it may not shut the others out either.
        var refused = new BrokerOptionsValidator().Validate(null, new BrokerOptions
        {
            External = new ExternalBrokerOptions
            {
                Accounts = ExternalAccounts.Files, UserName = Service, PasswordFile = folder.File("wrong"),
                Files = new BrokerFilesOptions { Directory = folder.File("out"), PidFile = folder.File("pid") },
            },
        });
        Assert.Contains("--new-password", Assert.Single(refused.Failures!), StringComparison.Ordinal);
        Assert.Equal(0, await Commands.Root().Parse([.. With("wrong"), "--new-password"])
            .InvokeAsync(cancellationToken: Stop));
        Assert.NotEqual(users, await File.ReadAllTextAsync(folder.File("out/users"), Stop));
    }

    [Fact]
    public void Settings_of_the_files_are_named_with_what_they_got()
    {
        var wrong = new BrokerOptions
        {
            Mode = BrokerMode.External,
            External = new ExternalBrokerOptions
            {
                Accounts = ExternalAccounts.Files,
                UserName = "a b",
                Files = new BrokerFilesOptions
                {
                    Directory = "/nowhere", PidFile = "p", ReloadCommand = ["x", ""], CheckSeconds = 0,
                    ReloadTimeoutSeconds = 301,
                },
            },
        };
        var failures = new BrokerOptionsValidator().Validate(null, wrong).Failures!.ToList();
        foreach (var setting in new[]
            {
                "Files:Directory: got '/nowhere'", "Files:PidFile: got 'p'", "Files:ReloadCommand: got an empty part",
                "Files:ReloadTimeoutSeconds: got 301", "Files:CheckSeconds: got 0", "UserName: got 'a b'",
                "PasswordFile: got nothing",
            })
        {
            Assert.Contains(failures, f => f.StartsWith("Broker:External:" + setting, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_reload_that_fails_names_its_setting_and_is_made_up_for()
    {
        using var folder = new TemporaryFolder("mosquitto-files");
        var own = folder.Write("service.password", "service secret\n");
        var pid = folder.File("mosquitto.pid");
        await using var rig = await BrokerRig.StartAsync(
            ("Broker:Mode", "External"), ("Broker:External:Host", "127.0.0.1"), ("Broker:External:Port", "1"),
            ("Broker:External:UserName", Service), ("Broker:External:PasswordFile", own),
            ("Broker:External:Accounts", "Files"), ("Broker:External:Files:Directory", folder.Path),
            ("Broker:External:Files:PidFile", pid), ("Broker:External:Files:CheckSeconds", "3600"));
        await rig.IssueAsync(A);
        var refused = await Assert.ThrowsAsync<BrokerUnavailableException>(() => rig.Accounts.SetAsync(A, "", Stop));
        Assert.Contains("Broker:External:Files:PidFile", refused.Message, StringComparison.Ordinal);

        // The number of a broker that was killed may be another process's by now: nothing is sent to that one.
        await using var other = ServerProcess.Start("sleep", ["60"]);
        await File.WriteAllTextAsync(pid, other.Id.ToString(CultureInfo.InvariantCulture), Stop);
        refused = await Assert.ThrowsAsync<BrokerUnavailableException>(() => rig.Accounts.SetAsync(A, "", Stop));
        Assert.Contains("'sleep', not mosquitto", refused.Message, StringComparison.Ordinal);
        Assert.False(other.HasExited);

        // The files are as they should be, the reload is still due.
        File.Copy("/usr/bin/sleep", folder.File("mosquitto"));
        await using var victim = ServerProcess.Start(folder.File("mosquitto"), ["60"]);
        await File.WriteAllTextAsync(pid, victim.Id.ToString(CultureInfo.InvariantCulture), Stop);
        await rig.Accounts.SetAsync(A, "", Stop);
        await UntilAsync(() => victim.HasExited);
    }

    [Fact]
    public async Task Enrolments_that_come_together_share_a_writing_and_each_is_in_force_when_it_is_answered()
    {
        using var folder = new TemporaryFolder("mosquitto-files");
        var own = folder.Write("service.password", "service secret\n");
        var count = folder.File("count");
        await using var rig = await BrokerRig.StartAsync(
            ("Broker:Mode", "External"), ("Broker:External:Host", "127.0.0.1"), ("Broker:External:Port", "1"),
            ("Broker:External:UserName", Service), ("Broker:External:PasswordFile", own),
            ("Broker:External:Accounts", "Files"), ("Broker:External:Files:Directory", folder.Path),
            ("Broker:External:Files:ReloadCommand:0", "sh"), ("Broker:External:Files:ReloadCommand:1", "-c"),
            ("Broker:External:Files:ReloadCommand:2", $"echo x >> {count}; sleep 0.2"));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            var cabinet = CabinetId.Parse($"C{i}");
            await rig.IssueAsync(cabinet);
            await rig.Accounts.SetAsync(cabinet, "", Stop);
            Assert.Contains(
                $"\n{cabinet}:$7$", await File.ReadAllTextAsync(folder.File("users"), Stop), StringComparison.Ordinal);
        })));
        Assert.InRange((await File.ReadAllLinesAsync(count, Stop)).Length, 2, 20);
    }

    private static async Task<(string Password, IMqttClient Client)> EnrolAsync(
        BrokerRig rig, MosquittoServer mosquitto, CabinetId cabinet)
    {
        var password = await rig.IssueAsync(cabinet);
        await rig.Accounts.SetAsync(cabinet, password, Stop);

        // The signal is sent when this returns; the broker reads within its loop.
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            var (code, client) = await ConnectAsync(mosquitto.Port, cabinet, password);
            if (code == MqttClientConnectResultCode.Success)
            {
                return (password, client);
            }

            client.Dispose();
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Soon, $"{cabinet}: {code}");
            await Task.Delay(100, Stop);
        }
    }

    private static async Task<(MqttClientConnectResultCode Code, IMqttClient Client)> ConnectAsync(
        int port, CabinetId cabinet, string password)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var result = await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port)
                .WithProtocolVersion(MqttProtocolVersion.V500).WithKeepAlivePeriod(TimeSpan.FromSeconds(1))
                .WithClientId(cabinet.Value).WithCredentials(cabinet.Value, password).Build(), Stop);
        return (result.ResultCode, client);
    }

    private static async Task<MqttClientPublishReasonCode> PublishAsync(IMqttClient client, string topic) =>
        (await client.PublishAsync(
            new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload([1])
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(), Stop)).ReasonCode;

    private static async Task<byte[]> ReceiptAsync(BrokerRig rig, IMqttClient client, CabinetId cabinet, byte[] bytes)
    {
        var receipt = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += args =>
        {
            receipt.TrySetResult(System.Buffers.BuffersExtensions.ToArray(args.ApplicationMessage.Payload));
            return Task.CompletedTask;
        };
        await client.SubscribeAsync(CabinetTopic.AllDown(cabinet), MqttQualityOfServiceLevel.AtLeastOnce, Stop);
        await rig.Link.SendDownAsync(new CabinetTopic(cabinet, Lane.Receipt), bytes, false, Stop);
        return await receipt.Task.WaitAsync(Soon, Stop);
    }

    /// <summary>The arguments of a command that name a database.</summary>
    private static IEnumerable<string> StorageOf(TemporaryDatabase files) =>
        TestEngine.Settings(files.Options).SelectMany(setting => new[] { "--set", $"{setting.Key}={setting.Value}" });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Soon);
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
